package import AWS
import Posix
package import Processes
import Texts

/// A server of AWS Transfer Family that exists only while data is sent.
///
/// It costs by the hour in every state but gone, so it is written down before it is made, carries a token by
/// which it is found again, and is deleted at the end of every run; what a killed run left is deleted
/// by the next.
package final class TransferLease {
    private let client: AWSClient
    private let settings: TransferSettings
    private let journal: any TransferJournal
    private let cancel: Cancellation?
    private let resolve: TransferResolver
    private let confirm: () throws -> Void
    private let note: (String) -> Void
    /// For the keys: made private, removed at the end.
    private let folder: String
    private var lease: Int64?
    private var server: String?
    private var madeNs: Int64 = 0
    private(set) package var connection: TransferConnection?

    /// - Parameters:
    ///   - folder: where the keys are kept meanwhile; made, and removed at the end.
    ///   - confirm: throws where the environment is another's by now: asked before a server is made, before one that
    ///     others may use is deleted, and before a user is let in.
    ///   - note: told what a person should know, costs among it.
    package init(
        client: AWSClient, settings: TransferSettings, journal: any TransferJournal,
        folder: String, cancel: Cancellation?,
        resolve: @escaping TransferResolver = TransferAddress.standard,
        confirm: @escaping () throws -> Void = {}, note: @escaping (String) -> Void
    ) {
        self.client = client
        self.settings = settings
        self.journal = journal
        self.folder = folder
        self.cancel = cancel
        self.resolve = resolve
        self.confirm = confirm
        self.note = note
    }

    /// Clears what earlier runs left, makes a server, and waits until it can be trusted and used. On any
    /// failure nothing is left.
    ///
    /// - Throws: `TransferError`, `ProcessError.interrupted`.
    package func open() throws -> TransferConnection {
        try sweep()
        let rate = Dollars.text(settings.costPerHour)
        note(
            "making a temporary SFTP server; it costs about \(rate) USD an hour until it is deleted"
        )
        do {
            let key = try makeKey()
            let server = try make()
            try confirm()
            try aws { () throws(AWSError) in
                try client.createUser(server: server, user(key), cancel: cancel)
            }
            let fingerprint = try awaitOnline(server)
            let connection = try reach(server, fingerprint)
            self.connection = connection
            return connection
        } catch {
            // The first failure is what a person must know; what cannot be deleted now is said as well.
            do { try close() } catch let left { note("\(left)") }
            throw error
        }
    }

    private func user(_ key: String) -> TransferUserSettings {
        TransferUserSettings(
            name: settings.user, role: settings.arn(settings.role),
            target: "/" + settings.fileSystem
                + (settings.folder.isEmpty ? "" : "/\(settings.folder)"), uid: settings.uid,
            gid: settings.gid, publicKey: key)
    }

    /// A key of its own for each server (ssh-keygen(1)); its public half.
    private func makeKey() throws -> String {
        // Ours: the folder of this environment's key, which a killed run has left.
        if try FileSystem.linkStatus(folder) != nil { try FileSystem.removeTree(folder) }
        try FileSystem.createDirectories(folder, mode: 0o700)
        try FileSystem.changeMode(folder, to: 0o700)
        let output = try ProcessRunner.run(
            ProcessCommand([
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "pipeline", "-f",
                "\(folder)/key",
            ]), timeout: 30, cancel: cancel)
        guard output.exit.isSuccess else {
            throw TransferError.keyMaking(output.standardErrorText)
        }
        let key = try FileSystem.readText("\(folder)/key.pub")
        return String(key.prefix { !$0.isNewline })
    }

    private func make() throws -> String {
        try confirm()
        let token = RandomID.uuid()
        let lease = try journal.will(token: token, costPerHour: settings.costPerHour)
        self.lease = lease
        madeNs = MonotonicClock.nanoseconds()
        let server: String
        do {
            server = try client.createServer(
                loggingRole: settings.loggingRole.map(settings.arn),
                tags: settings.tags(token: token), cancel: cancel)
        } catch {
            // An interruption may have cut the call in two as well.
            switch error {
            case .answerLost, .interrupted, .unreadable: break
            default: throw TransferError.aws(error)
            }
            guard let found = try find(token) else { throw TransferError.aws(error) }
            server = found
        }
        self.server = server
        try journal.made(lease, server: server)
        return server
    }

    /// The server with a token. New servers may take a moment to be listed.
    private func find(_ token: String) throws -> String? {
        let began = MonotonicClock.nanoseconds()
        while true {
            if let found = try own().first(where: { $0.token == token }) { return found.server }
            guard Double(MonotonicClock.nanoseconds() - began) / 1e9 < settings.listPatience else {
                return nil
            }
            try AWSClient.pause(since: began, atMost: settings.interval, nil)
        }
    }

    private func awaitOnline(_ id: String) throws -> String {
        let began = MonotonicClock.nanoseconds()
        while true {
            let now = try aws { () throws(AWSError) in try client.server(id, cancel: cancel) }
            guard let now else { throw TransferError.gone(server: id) }
            switch now.state {
            case "ONLINE":
                if let fingerprint = now.hostKeyFingerprint { return fingerprint }
            case "START_FAILED", "STOP_FAILED":
                throw TransferError.didNotStart(server: id, state: now.state ?? "")
            default: break
            }
            if Double(MonotonicClock.nanoseconds() - began) / 1e9 > settings.startPatience {
                throw TransferError.didNotStart(server: id, state: now.state ?? "no state")
            }
            try aws { () throws(AWSError) in
                try AWSClient.pause(since: began, atMost: settings.interval, cancel)
            }
        }
    }

    /// Waits for the name, the port and the host's keys, and pins the key that AWS vouches for; no other
    /// is ever accepted, and there is no prompt.
    private func reach(_ id: String, _ fingerprint: String) throws -> TransferConnection {
        let began = MonotonicClock.nanoseconds()
        var host = id
        while true {
            if let address = resolve(id, client.settings.region) {
                host = address.host
                let lines = try HostKeys.scan(address.host, port: address.port, cancel: cancel)
                if !lines.isEmpty {
                    return try pin(lines, fingerprint, id, address)
                }
            }
            let seconds = Int(Double(MonotonicClock.nanoseconds() - began) / 1e9)
            if Double(seconds) > settings.reachPatience {
                throw TransferError.notReachable(server: id, host: host, seconds: seconds)
            }
            try aws { () throws(AWSError) in
                try AWSClient.pause(since: began, atMost: settings.interval, cancel)
            }
        }
    }

    func pin(
        _ lines: [String], _ fingerprint: String, _ id: String,
        _ address: (host: String, port: Int)
    ) throws -> TransferConnection {
        let found = try HostKeys.fingerprints(of: lines)
        guard found.count == lines.count,
            let index = found.firstIndex(where: { HostKeys.isSame($0, fingerprint) })
        else { throw TransferError.otherHostKey(server: id, expected: fingerprint, found: found) }
        let knownHosts = "\(folder)/known_hosts"
        try FileSystem.writeAtomically(
            Array((lines[index] + "\n").utf8), to: knownHosts, mode: 0o600)
        return TransferConnection(
            host: address.host, port: address.port, user: settings.user,
            identity: "\(folder)/key", knownHosts: knownHosts)
    }

    /// Says why a lost connection will not come back: nil while the server is there, or nobody knows.
    package var absence: @Sendable () -> String? {
        { [client, server] in
            guard let server,
                case .success(let found) = Result(catching: { try client.server(server) })
            else { return nil }
            guard let found else {
                return "the temporary server \(server) was deleted by somebody else"
            }
            switch found.state {
            case "OFFLINE", "STOPPING":
                return "the temporary server \(server) was stopped by somebody else"
            default: return nil
            }
        }
    }

    /// Deletes the server, and believes it only when AWS knows it no more. Safe to call again. An
    /// interrupted run gets here too, so nothing here can be interrupted.
    package func close() throws {
        connection = nil
        try? FileSystem.removeTree(folder)  // try?: ours; keys that open nothing any more
        guard let lease else { return }
        if let server {
            try delete(server)
            let hours = Double(MonotonicClock.nanoseconds() - madeNs) / 3.6e12
            let cost = Dollars.text(hours * settings.costPerHour)
            let minutes = Int((hours * 60).rounded(.up))
            note(
                "the temporary SFTP server is deleted; it was there \(minutes) min, about \(cost) USD"
            )
        } else {
            return
        }
        try journal.ended(lease)
        (self.lease, server) = (nil, nil)
    }

    private func delete(_ id: String) throws {
        do {
            try client.deleteServer(id)
            let began = MonotonicClock.nanoseconds()
            while Double(MonotonicClock.nanoseconds() - began) / 1e9 < settings.deletePatience {
                if try client.server(id) == nil { return }
                try AWSClient.pause(since: began, atMost: settings.interval, nil)
            }
        } catch { throw TransferError.notDeleted(server: id, "\(error)") }
        throw TransferError.notDeleted(server: id, "AWS still lists it")
    }

    // MARK: What others have left

    private func own() throws -> [Leftover] {
        do {
            return try Self.leftovers(client, cancel: nil).filter {
                settings.isOwn([
                    AWSTag(TransferTag.project, $0.project),
                    AWSTag(TransferTag.environment, $0.environment),
                    AWSTag(TransferTag.site, $0.site ?? ""),
                ])
            }
        } catch let error as AWSError { throw TransferError.aws(error) }
    }

    /// Deletes every server of this site, and closes what the journal has open. Only for
    /// who holds the environment: nobody else's data is on its way then.
    package func sweep() throws {
        let open = try journal.open()
        let found = try own()
        for left in found {
            try confirm()
            note("deleting server \(left.server), which an earlier run left behind")
            try delete(left.server)
        }
        for record in open {
            if let server = record.server {
                // Made, and perhaps not among those that carry the tags: it may have lost them.
                if !found.contains(where: { $0.server == server }) {
                    try confirm()
                    try delete(server)
                }
            } else if !found.contains(where: { $0.token == record.token }),
                let late = try find(record.token)
            {
                try confirm()
                try delete(late)
            }
            try journal.ended(record.lease)
        }
    }

    private func aws<Result>(_ body: () throws(AWSError) -> Result) throws -> Result {
        do { return try body() } catch { throw TransferError.aws(error) }
    }
}
