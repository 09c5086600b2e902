import JSON
import Posix
import SFTP
import Synchronization

/// What was found out about an SFTP server: kept in the project's state by the server's name, each limit
/// until a day on which it is tried again without it.
package final class ServerMemory: Sendable {
    package static let path = ".pipeline/servers.json"

    private let server: String
    private let path: String
    private let found = Mutex<[ServerLimit]>([])

    /// - Parameters:
    ///   - server: user, host and port, or whatever else stays the same where the host does not.
    ///   - path: the file, in a folder that exists once there is something to write.
    package init(_ server: String, path: String = ServerMemory.path) {
        self.server = server
        self.path = path
    }

    /// What is known of the server. A file that is missing or cannot be read is as good as none: then it
    /// is found out again.
    func known(at now: Timestamp = .now()) -> Set<ServerLimit> {
        let all = try? Self.read(path)  // try?: see above
        guard let known = all?[server] else { return [] }
        let seconds = now.nanoseconds / 1_000_000_000
        return Set(known.compactMap { $0.value > seconds ? ServerLimit(rawValue: $0.key) : nil })
    }

    /// Told by a client, from any thread.
    func learn(_ limit: ServerLimit) { found.withLock { $0.append(limit) } }

    /// Writes down what was found since this was last asked, and hands it out.
    func keep(at now: Timestamp = .now()) throws -> [ServerLimit] {
        let added = found.withLock { found in
            defer { found = [] }
            return found
        }
        guard !added.isEmpty else { return [] }
        var all = (try? Self.read(path)) ?? [:]  // try?: it can all be found out again
        for limit in added {
            all[server, default: [:]][limit.rawValue] =
                now.nanoseconds / 1_000_000_000 + Int64(limit.days) * 86_400
        }
        let text = try JSONValue.encode(all).indentedText()
        try FileSystem.writeAtomically(Array(text.utf8), to: path, mode: 0o600)
        return added
    }

    /// Seconds since 1970 until which each limit holds, by server.
    private static func read(_ path: String) throws -> [String: [String: Int64]] {
        guard try FileSystem.status(path) != nil else { return [:] }
        return try JSONValue.decode([String: [String: Int64]].self, from: try FileSystem.read(path))
    }
}

extension ClientSettings {
    /// Begins with what is known of the server, and remembers what is found.
    mutating func use(_ memory: ServerMemory) {
        limits = memory.known()
        onLimit = { memory.learn($0) }
    }
}

extension ServerMemory {
    /// Remembers what was found, and reports it in the run that found it.
    func tell(_ host: String, _ note: (String) -> Void) {
        do {
            for limit in try keep() { note("\(host): \(limit.text)") }
        } catch {
            note("what was found out about \(host) could not be kept: \(error)")
        }
    }
}
