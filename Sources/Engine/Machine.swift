import Dispatch
package import PipelineStore
package import Posix

/// What the engine runs on: the disk, the clocks and a thread beside its own. Tests replace all three by models in memory.
package struct Machine: Sendable {
    package let disk: any Disk
    package let time: any TimeSource
    /// Runs something beside the caller, one thing after the other.
    let runInBackground: @Sendable (@escaping @Sendable () -> Void) -> Void

    init(
        disk: any Disk, time: any TimeSource,
        runInBackground: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.disk = disk
        self.time = time
        self.runInBackground = runInBackground
    }

    /// This computer.
    package static let system: Machine = {
        let queue = DispatchQueue(label: "publisher")
        return Machine(disk: SystemDisk(), time: SystemTime()) { work in
            queue.async { @Sendable in work() }
        }
    }()
}
