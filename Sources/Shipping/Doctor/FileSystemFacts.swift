import AWS
import DeployTargets
import PipelineModel

/// What a file system's description says of its use. Pure.
struct FileSystemFacts {
    let system: EFSFileSystem
    let targets: [EFSMountTarget]
    let lifecycle: [EFSLifecyclePolicy]
    let backup: String?

    private var throughput: String {
        (system.throughputMode ?? "?")
            + (system.provisionedThroughputInMibps.map { " \(Int($0)) MiB/s" } ?? "")
    }

    func diagnoses(_ area: String) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let isThere = system.lifeCycleState == "available"
        let size = system.sizeInBytes?.value ?? 0
        found.append(
            Diagnosis(
                area, "file system", isThere ? .good : .bad,
                "\(system.fileSystemId) \(system.name ?? "") is \(system.lifeCycleState ?? "unknown"), "
                    + "\(size / 1_000_000) MB, \(system.performanceMode ?? "?"), \(throughput) throughput, "
                    + "backups \(backup?.lowercased() ?? "off")"))
        if system.encrypted == false {
            found.append(
                Diagnosis(
                    area, "encryption", .warning, "the file system is not encrypted at rest",
                    advice: "only a new file system can be"))
        }
        if !lifecycle.contains(where: { $0.transitionToIA != nil }) {
            found.append(
                Diagnosis(
                    area, "lifecycle", .warning,
                    "what nobody reads stays in the dear storage class",
                    advice: "set a transition to infrequent access, such as after 14 days"))
        }
        let open = targets.filter { $0.lifeCycleState == "available" }
        found.append(
            Diagnosis(
                area, "mount targets", open.isEmpty ? .bad : .good,
                "\(open.count) of \(targets.count) are available",
                advice: open.isEmpty ? "no instance can mount it: make one in its subnet" : ""))
        return found
    }
}
