package import ArchiveHistory
import SQLite

/// Adds releases and deployments of an archive's history to those of this ledger, so that every question about an environment is
/// answered from all clones' work. What is known stays as it is: also what this clone itself has sent comes back so.
struct TeamRecorder {
    let database: Database
    let archive: String

    func record(_ release: ArchivedRelease) throws {
        guard try id(of: release) == nil else { return }
        _ = try ReleaseRow(
            content: release.content, number: release.number, archive: archive,
            commit: release.commit, createdMs: release.createdMs, run: nil, maker: release.author
        ).insert(database)
    }

    /// - Parameter releases: of the same segment, among which is the one that was deployed.
    func record(_ deployment: ArchivedDeployment, as releases: [ArchivedRelease]) throws {
        let own = releases.first {
            $0.environment == deployment.environment && $0.number == deployment.release
        }
        guard let own, let release = try id(of: own) else { return }
        let isKnown = try database.prepare(
            """
            SELECT 1 FROM deployments
            WHERE environment = ? AND release = ? AND kind = ? AND started_ms = ?
            """
        ).firstRow(deployment.environment, release, deployment.kind, deployment.startedMs) { _ in
            true
        }
        guard isKnown == nil else { return }
        try database.prepare(
            """
            INSERT INTO deployments (environment, release, kind, replaces, slot, started_ms,
              ended_ms, outcome, message, version, user, host, machine)
            VALUES (?1, ?2, ?3,
              (SELECT id FROM releases WHERE environment = ?1 AND number = ?4
               ORDER BY archive IS NULL, id DESC LIMIT 1),
              ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """
        ).run(
            deployment.environment, release, deployment.kind, deployment.replaces, deployment.slot,
            deployment.startedMs, deployment.endedMs, deployment.outcome, deployment.message,
            deployment.version, deployment.author.user, deployment.author.host, deployment.machine)
    }

    private func id(of release: ArchivedRelease) throws -> Int64? {
        try database.prepare(
            "SELECT id FROM releases WHERE environment = ? AND number = ? AND identity = ?"
        ).firstRow(release.environment, release.number, release.content.identity) { $0.int(0) }
    }
}

extension ArchivedRelease {
    package var content: ReleaseContent {
        ReleaseContent(
            environment: environment, image: image, code: code, manifest: manifest, bundle: bundle,
            settings: settings)
    }
}
