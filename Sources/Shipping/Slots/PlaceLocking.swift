import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots

extension RunContext {
    /// Does something while this clone has the lock of the place; nil is handed on where a service guards it.
    func holdingPlace<Result>(
        _ options: LeaseOptions, _ body: (PlaceLock?) throws -> Result
    ) throws -> Result {
        guard hasPlaceClaim else { return try body(nil) }
        try PlaceSafety(context: self).check()
        // Nobody mounts anything in the project's own state.
        if isRootOwn { try FileSystem.createDirectories(environment.data.route.root) }
        let lock = PlaceLock(
            places.rootTransport, try lockRecord(), clock: Self.clock(session.cancellation))
        let patience: PlaceLock.Patience =
            options.takes ? .takes : options.waits ? .waits : .failsAtOnce
        try lock.take(patience) { holder in
            let who = holder.map { "\($0.owner), environment \"\($0.environment)\"" }
            session.emit(
                .note("waiting for another clone that fills slots here: \(who ?? "unknown")"))
        }
        // Another may have filled slots while this one waited.
        places.forgetAll()
        let result: Result
        do { result = try body(lock) } catch {
            try? lock.release()  // try?: it expires; what failed is reported
            throw error
        }
        do { try lock.release() } catch {
            session.emit(.note("the lock of the place is left, and ends by itself: \(error)"))
        }
        return result
    }

    func lockRecord() throws -> PlaceLockRecord {
        try session.lockRecord(environment: claim.environment)
    }

    static func clock(_ cancellation: Cancellation) -> PlaceLock.Clock {
        PlaceLock.Clock(
            wall: { Timestamp.now().milliseconds / 1000 },
            steady: { SuspensionClock.nanoseconds() },
            wait: { milliseconds in
                let end = SuspensionClock.nanoseconds() + Int64(milliseconds) * 1_000_000
                while SuspensionClock.nanoseconds() < end {
                    if cancellation.isCancelled { return false }
                    _ = try? Poll.wait([], timeoutMs: 100)  // try?: it only waits
                }
                return !cancellation.isCancelled
            })
    }
}

extension RunSession {
    /// What a lock of this clone's tells of it.
    func lockRecord(environment: String) throws -> PlaceLockRecord {
        PlaceLockRecord(
            project: project.definition.project, environment: environment,
            owner: "\(Host.userName)@\(Host.name):\(project.root)", clone: try CloneIdentity.id(),
            token: RandomID.uuid(), takenAt: 0, lifetime: PlaceLock.lifetime)
    }
}
