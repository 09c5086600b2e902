import Archive
import DeployTargets
import Failures
import PipelineEngine
import PipelineModel
import Posix
import Processes
import Slots
import Synchronization

/// What a command has taken of environments that no service guards.
struct HeldEnvironments: Sendable {
    fileprivate var locks: [String: EnvironmentLock] = [:]
    /// Those that it changes without their locks, since a person has asked for that.
    fileprivate var unlocked: Set<String> = []

    fileprivate func has(_ environment: String) -> Bool {
        locks[environment] != nil || unlocked.contains(environment)
    }
}

extension ProjectArchive {
    /// Takes the environment's lock for the rest of the command, where nothing else guards the environment.
    ///
    /// - Returns: whether it was taken just now: what was looked at before may have changed.
    /// - Throws: `Failure` where another clone has it, or nobody can take it, unless a person has asked to go on without it.
    func hold(_ context: RunContext, _ options: LeaseOptions) throws -> Bool {
        let environment = context.environment.name
        guard context.cloud == nil, !locks.withLock({ $0.has(environment) }) else { return false }
        let isOfThisMachine = context.isOfThisMachine
        guard adding != nil else {
            // The site of one machine is this clone's, which runs one command at a time.
            if isOfThisMachine { return false }
            return try goOn(without: environment, since: lacksLock, options, context.session)
        }
        // The site of one machine is not that of another.
        let name = isOfThisMachine ? "\(environment)@\(Host.name)" : environment
        let patience: PlaceLock.Patience =
            options.takes ? .takes : options.waits ? .waits : .failsAtOnce
        // Written first: a run that is killed leaves the lock, and the next one finds it by this.
        try HeldLocks.add(name)
        let taken: EnvironmentLock
        do {
            let connection = connection(context.session.cancellation)
            taken = try EnvironmentLock.take(
                name, by: try context.lockRecord(), at: { connection.place() }, patience,
                cancellation: context.session.cancellation, emit: context.session.emit)
        } catch {
            HeldLocks.remove(name)
            let failure = Failure(of: error)
            if context.session.cancellation.isCancelled || failure.code == "environment-held" {
                throw error
            }
            return try goOn(without: environment, since: failure, options, context.session)
        }
        locks.withLock { $0.locks[environment] = taken }
        return true
    }

    /// Why no lock can be taken in this command.
    private var lacksLock: Failure {
        if let silence { return silence }
        return Failure(
            "archive-read-only",
            isReadOnly
                ? "this clone only reads the archive (role: read)" : "there is no archive yet")
    }

    private func goOn(
        without environment: String, since reason: Failure, _ options: LeaseOptions,
        _ session: RunSession
    ) throws -> Bool {
        guard options.takes else {
            throw Failure(
                "environment-unlocked",
                "environment \"\(environment)\" is not changed without its lock, which lies in the archive",
                cause: reason.headline,
                next:
                    "use a clone that reaches the archive and may write there; to change it all the same",
                run: .again(adding: "--take-lease"))
        }
        session.emit(
            .note(
                "environment \"\(environment)\" is changed without its lock in the archive (\(reason.headline)): "
                    + "make sure that no other clone changes it now"))
        locks.withLock { _ = $0.unlocked.insert(environment) }
        return true
    }

    /// - Throws: `Failure` where another clone has taken the environment meanwhile.
    func confirmHeld(_ environment: String) throws {
        try locks.withLock { $0.locks[environment] }?.confirm()
    }

    /// Lets go of all that is held.
    func releaseLocks() {
        let held = locks.withLock { held in
            defer { held = HeldEnvironments() }
            return held
        }
        for lock in held.locks.values { lock.release() }
    }

    /// Lets go of locks that a killed run of this clone has left. What cannot be looked at is looked at by the next run.
    func clearLocks(_ session: RunSession) {
        do {
            for name in try HeldLocks.names() where adding != nil {
                let place = connection(session.cancellation).place()
                let lock = PlaceLock(
                    try place.lock(of: name), try session.lockRecord(environment: name),
                    clock: RunContext.clock(session.cancellation))
                do {
                    try lock.take(.failsAtOnce) { _ in }
                    try lock.release()
                } catch is PlaceLockError {
                    // Another clone has it by now.
                }
                HeldLocks.remove(name)
            }
        } catch {
            session.emit(
                .note(
                    "a lock that a killed run has left ends by itself: \(Failure(of: error).headline)"
                ))
        }
    }
}

extension ShippingContext {
    /// Whether the environment's site runs on this machine, and is one for each machine.
    var isOfThisMachine: Bool { if case .site = target.deployment { true } else { false } }
}

extension RunContext {
    /// Takes the right to change the environment, for the rest of the command: the operators' lease at AWS, the lock that an archive
    /// carries elsewhere. Then what the one who had it before has done is read.
    ///
    /// - Returns: whether it was taken just now: what was looked at before may have changed.
    func hold(_ options: LeaseOptions, reason: String) throws -> Bool {
        if let cloud {
            guard cloud.lease == nil else { return false }
            try cloud.hold(session, reason: reason, options: options)
        } else {
            guard let archive, try archive.hold(self, options) else { return false }
        }
        try archive?.reread(session)
        places.forgetAll()
        return true
    }
}

/// The locks that this clone takes in its archive, on record beside the ledger before they are taken: empty files.
enum HeldLocks {
    private static let folder = ArchiveConnection.folder + "/locks"

    static func add(_ name: String) throws {
        try FileSystem.createDirectories(folder, mode: 0o700)
        try FileSystem.writeAtomically([], to: "\(folder)/\(name)", mode: 0o600)
    }

    static func names() throws -> [String] {
        guard try FileSystem.status(folder) != nil else { return [] }
        return try FileSystem.entries(of: folder).map(\.name)
            .filter { !$0.hasPrefix(FileSystem.asidePrefix) }.sorted()
    }

    /// One that stays is looked at by the next run.
    static func remove(_ name: String) {
        try? FileSystem.remove("\(folder)/\(name)")  // try?: ours; see above
    }
}
