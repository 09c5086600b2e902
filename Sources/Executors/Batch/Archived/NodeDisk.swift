import Failures
import Paths
import Posix

/// The disk of a node that holds the folder of its task, which is the current one.
enum NodeDisk {
    /// Bytes: a disk with less is full.
    private static let least: Int64 = 1 << 20
    /// As `PosixError.failure` has it.
    private static let outOfSpace = "disk-full"

    /// The failure of something that may have needed the disk: where that is full, the error names the folder.
    static func explained(_ failure: Failure) -> Failure {
        let free = try? FileSystem.freeBytes(".")  // try?: the failure itself is reported then
        let isFull = free.map { $0 < least } ?? false
        return isFull || failure.code == outOfSpace ? full(failure) : failure
    }

    /// - Parameter failure: what could not be done there.
    static func full(_ failure: Failure) -> Failure {
        let folder = try? FileSystem.realPath(".")  // try?: the folder is named by its purpose then
        let name = folder.map { PathText.folder($0) } ?? "the task's folder"
        var full = Failure(
            "task-disk-full", "the disk of this node that holds \(name) is full",
            cause: failure.headline, said: failure.said,
            next: "free room there, or name a folder of a larger disk under \"scratch\"")
        full.log = failure.log
        return full
    }
}
