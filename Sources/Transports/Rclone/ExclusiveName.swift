import Posix
package import Slots

/// Makes a file of which there may be one alone, on a storage that cannot create one exclusively.
///
/// A writer that wants the name writes a claim of its own beside it, lists the claims, and goes on only where it is the only one and the
/// name is free after that; otherwise it takes its claim back and begins again after a random time. A claim stays until the name
/// can be seen, so of two writers at least the one that lists last finds the claim or the name of the other: no timing decides that.
/// The storage must list a file, and give its content, as soon as it has acknowledged it.
///
/// A claim that a kill has left is removed once it was watched for `lifetimeNs`. A writer goes on only within `patienceNs` of its
/// claim, so that only one whose last request is under way for longer than the rest could be mistaken for dead.
package struct ExclusiveName {
    /// What is asked of the storage.
    package struct Storage {
        /// The content that has the name; nil where nothing has it.
        package var read: () throws(TransportError) -> [UInt8]?
        package var write: ([UInt8]) throws(TransportError) -> Void
        /// The claims to the name that are there.
        package var claims: () throws(TransportError) -> Set<String>
        package var writeClaim: (String) throws(TransportError) -> Void
        package var removeClaim: (String) throws(TransportError) -> Void

        package init(
            read: @escaping () throws(TransportError) -> [UInt8]?,
            write: @escaping ([UInt8]) throws(TransportError) -> Void,
            claims: @escaping () throws(TransportError) -> Set<String>,
            writeClaim: @escaping (String) throws(TransportError) -> Void,
            removeClaim: @escaping (String) throws(TransportError) -> Void
        ) {
            self.read = read
            self.write = write
            self.claims = claims
            self.writeClaim = writeClaim
            self.removeClaim = removeClaim
        }
    }

    /// Injected by tests.
    package struct Clock: Sendable {
        /// Nanoseconds; goes on while the machine sleeps.
        package var steady: @Sendable () -> Int64
        /// Waits for milliseconds; false once it was interrupted.
        package var wait: @Sendable (Int) -> Bool

        package init(
            steady: @escaping @Sendable () -> Int64, wait: @escaping @Sendable (Int) -> Bool
        ) {
            self.steady = steady
            self.wait = wait
        }
    }

    package static let lifetimeNs: Int64 = 180_000_000_000
    static let patienceNs: Int64 = 30_000_000_000
    /// Milliseconds; two that met once rarely meet again.
    private static let shortestPause = 100
    private static let longestPause = 3000

    private let storage: Storage
    private let clock: Clock

    package init(_ storage: Storage, clock: Clock) {
        self.storage = storage
        self.clock = clock
    }

    /// - Returns: whether it was made; false where something has the name.
    package func make(_ bytes: [UInt8]) throws(TransportError) -> Bool {
        var seen: [String: Int64] = [:]
        while true {
            guard try storage.read() == nil else { return false }
            let claim = RandomID.plain()
            let begunNs = clock.steady()
            try storage.writeClaim(claim)
            let others = try storage.claims().subtracting([claim])
            // After the claims: who has taken its claim back has left the name.
            guard try storage.read() == nil else {
                try storage.removeClaim(claim)
                return false
            }
            let now = clock.steady()
            if others.isEmpty, now - begunNs < Self.patienceNs {
                return try finish(bytes, claim)
            }
            try storage.removeClaim(claim)
            seen = Dictionary(others.map { ($0, seen[$0] ?? now) }) { $1 }
            for (left, sinceNs) in seen where now - sinceNs >= Self.lifetimeNs {
                // ours to remove: left by a writer that was killed
                try storage.removeClaim(left)
            }
            guard clock.wait(.random(in: Self.shortestPause...Self.longestPause)) else {
                throw .interrupted
            }
        }
    }

    /// Where this fails the claim stays: what was sent may still arrive.
    private func finish(_ bytes: [UInt8], _ claim: String) throws(TransportError) -> Bool {
        try storage.write(bytes)
        let isAlone = try storage.claims().contains(claim)
        let content = try storage.read()
        try storage.removeClaim(claim)
        guard isAlone else {
            throw .failed("the storage took longer to make a small file than others have waited")
        }
        return content == bytes
    }
}
