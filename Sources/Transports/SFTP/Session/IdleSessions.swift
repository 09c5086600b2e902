import Synchronization

/// Sessions that clients of this process have left, for the next client of the same server.
///
/// A login takes several journeys. A command reaches an archive and an environment's place by one client after the other, often
/// on the same server, and would log in for each.
package final class IdleSessions: Sendable {
    /// Those of the process; they end with it, as ssh does when its standard input ends.
    package static let process = IdleSessions()

    // Handed over as a whole: who leaves a session does not use it any more, and nobody else has it while it lies here.
    private struct Left: @unchecked Sendable {
        let session: Session
        /// By which further sessions join its connection.
        let socket: String?
    }

    private let left = Mutex<[(target: SSHTarget, left: Left)]>([])

    // Archive and place, and each once more for a thread of its own.
    private static let most = 4

    package init() {}

    package var count: Int { left.withLock { $0.count } }

    /// Takes over an idle session; the one that lay here longest ends where there are too many.
    func keep(_ session: Session, of target: SSHTarget, socket: String?) {
        let left = Left(session: session, socket: socket)
        let surplus: Left? = self.left.withLock { all in
            all.append((target, left))
            return all.count > Self.most ? all.removeFirst().left : nil
        }
        surplus?.session.end()
    }

    /// The session that was left last; it may have been lost meanwhile, as any.
    func take(of target: SSHTarget) -> (session: Session, socket: String?)? {
        let found: Left? = left.withLock { all in
            all.lastIndex { $0.target == target }.map { all.remove(at: $0).left }
        }
        return found.map { ($0.session, $0.socket) }
    }

    /// Ends all of them.
    package func end() {
        let all = left.withLock { all in
            defer { all = [] }
            return all.map(\.left)
        }
        for left in all { left.session.end() }
    }
}
