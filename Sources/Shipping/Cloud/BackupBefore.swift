import AWS
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes

/// A backup of the file system by AWS Backup before a slot in it is written: copies in several zones protect
/// against lost disks, not against what people do.
///
/// Its token follows from the change that it is made for, so that a run which was killed while it waited finds
/// its job again.
struct BackupBefore {
    let data: DataConfig
    let cloud: Cloud?
    let journal: LedgerJournal

    private var session: RunSession { journal.session }

    /// Returns when the backup is whole; does nothing where none is asked for.
    ///
    /// - Parameter change: names the change, and is the same when it is tried again.
    func make(for change: String) throws {
        guard let place = data.backup, let cloud, let fileSystem = data.fileSystem else { return }
        let account = try cloud.identity().account
        let role =
            place.role.hasPrefix("arn:") ? place.role : "arn:aws:iam::\(account):role/\(place.role)"
        let resource = Self.arn(fileSystem, region: cloud.place.region, account: account)
        try journal.record("backup", fileSystem, detail: change) {
            let id = try cloud.client.startBackup(
                vault: place.vault, resource: resource, role: role, token: change,
                cancel: session.cancellation)
            session.emit(.note("a backup of \(fileSystem) goes into vault \(place.vault) first"))
            try follow(id, place, cloud)
        }
    }

    static func arn(_ fileSystem: String, region: String, account: String) -> String {
        "arn:aws:elasticfilesystem:\(region):\(account):file-system/\(fileSystem)"
    }

    private func follow(_ id: String, _ place: BackupConfig, _ cloud: Cloud) throws {
        let began = MonotonicClock.nanoseconds()
        var told = MonotonicClock.nanoseconds()
        while true {
            let job = try cloud.client.backupJob(id, cancel: session.cancellation)
            if job.state == "COMPLETED" {
                session.emit(.note("backup: \(job.recoveryPointArn ?? id)"))
                return
            }
            if job.hasFailed {
                throw CloudError.backupFailed(
                    state: job.state ?? "?", message: job.statusMessage ?? "no reason given")
            }
            let now = MonotonicClock.nanoseconds()
            if Double(now - began) / 1e9 > place.within {
                throw CloudError.backupGoesOn(id: id, seconds: Int(place.within))
            }
            if now - told > 60_000_000_000 {
                told = now
                session.emit(.note("backup: \(job.percentDone ?? "0") %"))
            }
            try AWSClient.pause(since: began, atMost: 15, session.cancellation)
        }
    }
}
