package import Failures

/// The lock at the root of a place that no service guards: a file that one clone at a time can make.
///
/// It says who fills slots there. It alone protects nothing, since its holder may sleep while it expires: so each
/// filling also compares its own token in the slot before it writes more, and before it writes the marker.
///
/// Expiry trusts no clock of another machine: a lock counts as left behind once its file has not changed for its whole
/// lifetime while this process watched it. Only where both clocks agree that it ended long ago the watch is short.
package final class PlaceLock {
    package static let fileName = ".pipeline-lock"

    /// Seconds, and a wait of so many milliseconds that is false once it was interrupted. Injected by tests.
    package struct Clock {
        package var wall: () -> Int64
        /// Nanoseconds; goes on while the machine sleeps.
        package var steady: () -> Int64
        package var wait: (_ milliseconds: Int) -> Bool

        package init(
            wall: @escaping () -> Int64, steady: @escaping () -> Int64,
            wait: @escaping (_ milliseconds: Int) -> Bool
        ) {
            self.wall = wall
            self.steady = steady
            self.wait = wait
        }
    }

    package enum Patience: Sendable {
        /// Waits until the holder ends or its lock is left behind.
        case waits
        case failsAtOnce
        /// Takes it from the one who has it.
        case takes
    }

    /// Seconds that a lock lives after it was renewed, if no large file is on its way.
    package static let lifetime: Int64 = 120
    /// A lock counts as left behind after a short watch where the clocks say that it ended so many seconds ago.
    static let longAgo: Int64 = 600
    /// Longer than a holder that is awake takes to renew it, whatever its clock says.
    static let shortWatchNs: Int64 = 75_000_000_000

    /// Milliseconds after which a lock that replaced another is looked at again: longer than a request takes.
    static let settlingMs = 3000

    private let route: any Transport
    private let clock: Clock
    private var record: PlaceLockRecord
    private var renewedNs: Int64 = 0
    private(set) var isHeld = false

    package init(_ route: any Transport, _ record: PlaceLockRecord, clock: Clock) {
        self.route = route
        self.record = record
        self.clock = clock
    }

    /// - Parameter waitsFor: called once with the holder, before it is waited for.
    /// - Throws: `PlaceLockError`, `TransportError`.
    package func take(_ patience: Patience, waitsFor: (PlaceLockRecord?) -> Void) throws {
        var watched: (content: [UInt8], sinceNs: Int64)?
        var hasTold = false
        var refusals = 0
        var patience = patience
        /// Whether a lock of another was removed: somebody else may just be about to do that, too.
        var hasReplaced = false
        while true {
            record.takenAt = clock.wall()
            record.renewedAt = record.takenAt
            let bytes = try record.encoded()
            let isMade = try route.createOwn(Self.fileName, bytes)
            let content = try route.readOwn(Self.fileName)
            if isMade || content == bytes {
                guard content == bytes else {
                    refusals += 1
                    if refusals > 5 { throw PlaceLockError.cannotBeMade }
                    continue
                }
                let madeNs = clock.steady()
                if hasReplaced, try !hasSettled(bytes) {
                    // Two that take it from each other again and again would never end.
                    if case .takes = patience { patience = .failsAtOnce }
                    hasReplaced = false
                    continue
                }
                (isHeld, renewedNs) = (true, madeNs)
                return
            }
            guard let content else {
                // It was let go of meanwhile; or a server refuses for another reason.
                refusals += 1
                if refusals > 5 { throw PlaceLockError.cannotBeMade }
                continue
            }
            let holder = PlaceLockRecord.reading(content)
            if case .unknown(let reason) = holder, reason != OwnFormat.damaged {
                throw PlaceLockError.unreadable(reason)
            }
            if case .present(let other) = holder, isFormerSelf(other) {
                // This clone runs once at a time, so the one who took it is dead.
                try removeIfStill(content)
                continue
            }
            if case .takes = patience {
                hasReplaced = true
                try removeIfStill(content)
                continue
            }
            if watched?.content != content { watched = (content, clock.steady()) }
            if let watched, isLeftBehind(holder, watchedNs: clock.steady() - watched.sinceNs) {
                hasReplaced = true
                try removeIfStill(content)
                continue
            }
            var other: PlaceLockRecord?
            if case .present(let found) = holder { other = found }
            if case .failsAtOnce = patience { throw PlaceLockError.held(other) }
            if !hasTold {
                hasTold = true
                waitsFor(other)
            }
            guard clock.wait(1000) else { throw TransportError.interrupted }
        }
    }

    private func isFormerSelf(_ other: PlaceLockRecord) -> Bool {
        other.clone == record.clone && other.owner == record.owner
    }

    private func isLeftBehind(_ holder: OwnFile<PlaceLockRecord>, watchedNs: Int64) -> Bool {
        var lifetime = Self.lifetime
        if case .present(let other) = holder {
            lifetime = other.lifetime
            let (end, isMore) = other.renewedAt.addingReportingOverflow(lifetime + Self.longAgo)
            if !isMore, end < clock.wall(), watchedNs >= Self.shortWatchNs { return true }
        }
        return watchedNs / 1_000_000_000 >= lifetime
    }

    /// Whether a lock that was made in the place of another's is still there a moment later.
    private func hasSettled(_ bytes: [UInt8]) throws(TransportError) -> Bool {
        guard clock.wait(Self.settlingMs) else {
            try removeIfStill(bytes)
            throw .interrupted
        }
        return try route.readOwn(Self.fileName) == bytes
    }

    /// Another that takes it at the same moment may lose it again by this: so both look again before they go on.
    private func removeIfStill(_ content: [UInt8]) throws(TransportError) {
        guard try route.readOwn(Self.fileName) == content else { return }
        try route.removeOwn(Self.fileName)
    }

    /// Confirms that the lock is still this one's, and renews it before it is half over.
    ///
    /// - Parameter seconds: it must live so long without being renewed.
    /// - Returns: nanoseconds of the steady clock until which nobody else takes it.
    /// - Throws: `TransportError.overtaken` where somebody else has, or had, it.
    @discardableResult
    package func confirm(forAtLeast seconds: Int64 = lifetime) throws(TransportError) -> Int64 {
        let content = try route.readOwn(Self.fileName)
        guard case .present(let found) = PlaceLockRecord.reading(content),
            found.token == record.token
        else {
            isHeld = false
            throw .overtaken(by: Self.owner(PlaceLockRecord.reading(content)))
        }
        let lifetime = min(max(seconds, Self.lifetime), 86_400)
        let now = clock.steady()
        let age = (now - renewedNs) / 1_000_000_000
        if age * 2 >= record.lifetime || lifetime > record.lifetime - age {
            record.lifetime = lifetime
            record.renewedAt = clock.wall()
            record.beat += 1
            try route.writeOwn(Self.fileName, try record.encoded())
            renewedNs = now
        }
        return renewedNs + record.lifetime * 1_000_000_000
    }

    private static func owner(_ holder: OwnFile<PlaceLockRecord>) -> String? {
        if case .present(let other) = holder { return other.owner }
        return nil
    }

    /// Lets go of it; one that is another's by now stays.
    package func release() throws(TransportError) {
        guard isHeld else { return }
        isHeld = false
        guard case .present(let found) = PlaceLockRecord.reading(try route.readOwn(Self.fileName)),
            found.token == record.token
        else { return }
        try route.removeOwn(Self.fileName)
    }
}

package enum PlaceLockError: Explained, Hashable {
    /// By whom, where that can be read.
    case held(PlaceLockRecord?)
    /// The file is of a newer version.
    case unreadable(String)
    case cannotBeMade

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .held(let holder):
            Failure(
                "place-locked",
                "another clone is filling slots of this place"
                    + (holder.map { ": \($0.owner), environment \"\($0.environment)\"" } ?? ""),
                cause: "it holds the file \(PlaceLock.fileName) beside the slots",
                next: "wait for it; if it is surely dead",
                run: .again(adding: "--take-lease"))
        case .unreadable(let reason):
            Failure(
                "place-lock-unreadable",
                "the lock of this place, \(PlaceLock.fileName) beside the slots, cannot be read",
                cause: reason,
                next: "use the version that wrote it, or remove the file once nobody fills slots",
                run: .again)
        case .cannotBeMade:
            Failure(
                "place-lock-refused",
                "the lock of this place, \(PlaceLock.fileName) beside the slots, cannot be made",
                cause: "the server refuses a new file there",
                next: "check that its user may write to the folder of the slots", run: .again)
        }
    }
}
