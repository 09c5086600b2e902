import Glibc
import Posix
import Processes
import Synchronization

/// Opens sessions, and says which connection carries each.
final class SessionOpener {
    private let settings: ClientSettings
    /// The socket by which sessions share each connection; a connection that ended gets another.
    private var sockets: [Int: String] = [:]
    /// The sessions that have opened the connections in use.
    private var firsts: [Int: ObjectIdentifier] = [:]
    private static let counter = Atomic<Int>(0)

    init(_ settings: ClientSettings) { self.settings = settings }

    /// How many sessions so much work is worth.
    func worth(bytes: Int64, files: Int) -> Int {
        let connections = bytes > 256 << 20 ? settings.connections : 1
        let sessions = max(1, max(Int(clamping: bytes >> 20), files / 16))
        return min(sessions, connections * settings.sessions)
    }

    /// Opens a session beside these; nil when it has to wait until the connection it would share is up.
    func open(beside sessions: [Session]) throws(SFTPError) -> Session? {
        guard case .ssh(let target) = settings.carrier else {
            guard case .program(let command) = settings.carrier else { return nil }
            return try Session(command)
        }
        let load = Dictionary(grouping: sessions, by: \.connection).mapValues(\.count)
        // First one session on every connection in use, then the emptiest one gets another.
        let count = min(
            settings.connections, sessions.count / max(settings.sessions, 1) + 1)
        let connection =
            (0..<max(count, 1)).min { load[$0, default: 0] < load[$1, default: 0] } ?? 0
        guard load[connection, default: 0] > 0 else {
            let session = try first(of: connection, target)
            firsts[connection] = ObjectIdentifier(session)
            return session
        }
        guard let socket = sockets[connection] else {
            return try Session(ProcessCommand(target.arguments()), connection: connection)
        }
        // ssh makes the socket once it is logged in.
        do {
            guard try FileSystem.status(socket) != nil else { return nil }
        } catch { throw .local(error) }
        return try Session(
            ProcessCommand(target.arguments(.join(socket: socket))), connection: connection)
    }

    /// Whether a session has opened its connection, so that it lasts as long as the session.
    func isFirst(_ session: Session) -> Bool {
        firsts[session.connection] == ObjectIdentifier(session)
    }

    func socket(of session: Session) -> String? { sockets[session.connection] }

    private func first(of connection: Int, _ target: SSHTarget) throws(SFTPError) -> Session {
        // One that was left is of the first connection.
        if connection == 0, let (session, socket) = settings.idle?.take(of: target) {
            sockets[connection] = socket
            session.isUnproven = true
            return session
        }
        let socket = Self.newSocket()
        sockets[connection] = socket
        return try Session(
            ProcessCommand(target.arguments(socket.map { .open(socket: $0) } ?? .none)),
            connection: connection)
    }

    /// A path that only this user can reach, short enough for a socket (unix(7): 108 bytes, of which ssh
    /// uses some for a name of its own); nil where there is none, and then nothing is shared.
    private static func newSocket() -> String? {
        let base = Environment.value("XDG_RUNTIME_DIR") ?? Environment.value("TMPDIR") ?? "/tmp"
        let folder = "\(base)/pipeline-ssh-\(getuid())"
        if mkdir(folder, 0o700) != 0, errno != EEXIST { return nil }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == getuid(), status.st_mode & 0o077 == 0
        else { return nil }
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let socket = "\(folder)/\(getpid())-\(number)"
        return socket.utf8.count < 80 ? socket : nil
    }
}
