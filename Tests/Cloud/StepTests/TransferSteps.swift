import AWS
import Failures
import FoundationEssentials
import Posix
import Processes
import Synchronization
import TestServers
import Testing

@testable import AWSTransferServer

extension CloudStepTests {
    @Test("a server that nobody can reach is given up, and deleted, as is what earlier runs left")
    func unreachable() throws {
        let port = try SSHServer.freePort()
        try makeServer(token: "t")
        // The key of a killed run is still there too.
        try FileSystem.createDirectories("\(standIn.state)/keys-\(name)")
        try FileSystem.writeAtomically("old".utf8, to: "\(standIn.state)/keys-\(name)/key")
        let journal = Recording()
        let error = #expect(throws: TransferError.self) { try lease(port, journal).open() }
        #expect(error?.failure.code == "transfer-unreachable", "\(String(describing: error))")
        #expect(try !standIn.paid().contains("transfer-server"))
        #expect(journal.events.map { $0.prefix(7) } == ["will", "made s-", "ended 1"])
    }

    @Test("a server that comes up late is waited for")
    func late() throws {
        let other = try SSHServer()
        let (asked, port) = (Counter(), other.port)
        let error = #expect(throws: TransferError.self) {
            try lease(
                port, patience: 30,
                resolve: { _, _ in asked.next() == 1 ? nil : ("127.0.0.1", port) }
            ).open()
        }
        // It was reached, and has another key.
        #expect(error?.failure.code == "transfer-host-key", "\(String(describing: error))")
        #expect(try !FileSystem.readText("\(other.folder)/log").contains("publickey"))
    }

    @Test("a server on record by its token alone is found and deleted, though it is listed late")
    func listedLate() throws {
        let journal = Recording()
        journal.left = [TransferRecord(lease: 7, token: "late", server: nil)]
        try makeServer(token: "late")
        // Two lists do not have it yet.
        let program = "\(standIn.state)/late-\(name)"
        let script = """
            #!/bin/sh
            case "$*" in
            *list-servers*)
              echo >> \(program).lists
              if [ $(wc -l < \(program).lists) -le 2 ]; then echo '{"Servers": []}'; exit; fi ;;
            esac
            exec \(try standIn.program()) "$@"
            """
        try FileSystem.writeAtomically(script.utf8, to: program, mode: 0o755)
        try lease(22, journal, patience: 60, program: program).sweep()
        #expect(try !standIn.paid().contains("transfer-server"))
        #expect(journal.events == ["ended 7"])
        #expect(try FileSystem.readText("\(program).lists").utf8.count == 3)
    }

    @Test("D78: a run that loses the lease while its server starts lets nobody in, and deletes it")
    func lostMeanwhile() throws {
        struct Lost: Error {}
        var asked = 0
        try standIn.forgetJournal()
        #expect(throws: Lost.self) {
            try lease(
                22,
                confirm: {
                    asked += 1
                    if asked == 2 { throw Lost() }
                }
            ).open()
        }
        let calls = try standIn.calls()
        #expect(calls.contains("transfer:CreateServer") && !calls.contains("transfer:CreateUser"))
        #expect(try !standIn.paid().contains("transfer-server"))
    }

    private func makeServer(token: String) throws {
        try standIn.aws(
            "transfer", "create-server", "--tags", "Key=pipeline:project,Value=p",
            "Key=pipeline:environment,Value=\(name)", "Key=pipeline:token,Value=\(token)",
            "Key=pipeline:site,Value=p/site/1/")
    }

    @Test(
        "D80: a server of another site of the same name is left, and one that names no site",
        arguments: ["Key=pipeline:site,Value=p/site/2/", "Key=other,Value=x"])
    func otherSite(tag: String) throws {
        let made = try standIn.aws(
            "transfer", "create-server", "--tags", "Key=pipeline:project,Value=p",
            "Key=pipeline:environment,Value=\(name)", "Key=pipeline:token,Value=t", tag)
        struct Made: Decodable { let serverId: String }
        let server: Made = try JSONDecoder().decode(
            Made.self,
            from: Data(made.standardOutputText.replacing("ServerId", with: "serverId").utf8))
        try lease(22).sweep()
        #expect(try standIn.paid().contains(server.serverId))
        try standIn.aws("transfer", "delete-server", "--server-id", server.serverId)
        #expect(try !standIn.paid().contains(server.serverId))
    }

    @Test("what answers with another host key than AWS tells is not spoken to")
    func hostKey() throws {
        let other = try SSHServer()
        let error = #expect(throws: TransferError.self) { try lease(other.port).open() }
        #expect(error?.failure.code == "transfer-host-key", "\(String(describing: error))")
        #expect(try !standIn.paid().contains("transfer-server"))
        #expect(try !FileSystem.readText("\(other.folder)/log").contains("publickey"))
    }

    @Test("of a server's host keys only the one that AWS vouches for is believed")
    func pinnedKey() throws {
        let folder = "\(standIn.state)/host-keys-\(name)"
        try FileSystem.createDirectories(folder)
        let lines = try ["ed25519", "ecdsa", "rsa"].map { kind in
            let key = "\(folder)/\(kind)"
            let made = try ProcessRunner.run(
                ProcessCommand(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", key]))
            try #require(made.exit.isSuccess)
            return "host " + (try FileSystem.readText(key + ".pub")).filter { !$0.isNewline }
        }
        let fingerprint = try #require(try HostKeys.fingerprints(of: [lines[1]]).first)
        try FileSystem.createDirectories("\(standIn.state)/keys-\(name)")
        let connection = try lease(22).pin(lines, fingerprint, "s-1", ("host", 22))
        #expect(try FileSystem.readText(connection.knownHosts) == lines[1] + "\n")
        #expect(throws: TransferError.self) {
            try lease(22).pin([lines[0], lines[2]], fingerprint, "s-1", ("host", 22))
        }
    }

    @Test(
        "D78: a run that has lost the lease makes no server, and deletes none that others may use")
    func unheld() throws {
        struct Lost: Error {}
        try makeServer(token: "t")
        try standIn.forgetJournal()
        #expect(throws: Lost.self) { try lease(22, confirm: { throw Lost() }).open() }
        #expect(throws: Lost.self) { try lease(22, confirm: { throw Lost() }).sweep() }
        let calls = try standIn.calls()
        #expect(
            !calls.contains("transfer:CreateServer") && !calls.contains("transfer:DeleteServer"))
        try lease(22).sweep()
        #expect(try !standIn.paid().contains("transfer-server"))
        #expect(throws: Lost.self) { try lease(22, confirm: { throw Lost() }).open() }
        #expect(try !standIn.calls().contains("transfer:CreateServer"))
    }

    /// A lease on a server that is looked for at a port of this machine.
    private func lease(
        _ port: Int, _ journal: any TransferJournal = Recording(), patience: Double = 0,
        program: String? = nil, confirm: @escaping () throws -> Void = {},
        resolve: TransferResolver? = nil
    ) throws -> TransferLease {
        let made = try standIn.aws("efs", "create-file-system", "--query", "FileSystemId")
        var settings = TransferSettings(
            project: "p", environment: name, site: "p/site/1/",
            fileSystem: word(made.standardOutputText),
            folder: "site", role: "transfer", loggingRole: nil, user: "pipeline", uid: 1000,
            gid: 1000, costPerHour: 0.3, account: standIn.account)
        (settings.interval, settings.listPatience) = (0.1, max(0.3, patience))
        settings.reachPatience = patience
        var remote = AWSSettings(region: standIn.region, endpoint: AWSEndpoint(standIn.endpoint))
        remote.program = try program ?? standIn.program()
        return TransferLease(
            client: AWSClient(remote), settings: settings, journal: journal,
            folder: "\(standIn.state)/keys-\(name)", cancel: nil,
            resolve: resolve ?? { (_: String, _: String) in ("127.0.0.1", port) }, confirm: confirm,
            note: { _ in })
    }
}

/// Remembers each call.
private final class Recording: TransferJournal {
    var left: [TransferRecord] = []
    private(set) var events: [String] = []

    func will(token: String, costPerHour: Double) -> Int64 {
        events.append("will")
        return 1
    }
    func made(_ lease: Int64, server: String) { events.append("made \(server)") }
    func ended(_ lease: Int64) { events.append("ended \(lease)") }
    func open() -> [TransferRecord] { left }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
