import Synchronization

/// The children that this process has started itself and not reaped: every other child of it is an orphan that it adopted.
enum ChildRegistry {
    private static let children = Mutex<Set<Int32>>([])

    /// Starts a child and notes it, so that nobody takes it for an orphan in between.
    static func starting(_ start: () throws(ProcessError) -> Int32) throws(ProcessError) -> Int32 {
        let result: Result<Int32, ProcessError> = children.withLock { known in
            do throws(ProcessError) {
                let pid = try start()
                known.insert(pid)
                return .success(pid)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Reaps a child, and forgets it.
    static func ending(_ pid: Int32, _ reap: () -> Void) {
        children.withLock { known in
            reap()
            known.remove(pid)
        }
    }

    /// Calls `body` with all that are known, while none is started or reaped.
    static func with<Value: Sendable>(_ body: (Set<Int32>) -> Value) -> Value {
        children.withLock { body($0) }
    }
}
