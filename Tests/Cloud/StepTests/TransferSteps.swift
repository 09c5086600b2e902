import Failures
import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

@testable import AWSTransferServer

extension CloudStepTests {
    @Test("a server that nobody can reach is given up, and deleted")
    func unreachable() throws {
        let port = try SSHServer.freePort()
        let error = #expect(throws: TransferError.self) { try lease(port).open() }
        #expect(error?.failure.code == "transfer-unreachable", "\(String(describing: error))")
        #expect(try !standIn.paid().contains("transfer-server"))
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
        try standIn.aws(
            "transfer", "create-server", "--tags", "Key=pipeline:project,Value=p",
            "Key=pipeline:environment,Value=\(name)", "Key=pipeline:token,Value=t")
        try standIn.forgetJournal()
        #expect(throws: Lost.self) { try lease(22) { throw Lost() }.open() }
        #expect(throws: Lost.self) { try lease(22) { throw Lost() }.sweep() }
        let calls = try standIn.calls()
        #expect(
            !calls.contains("transfer:CreateServer") && !calls.contains("transfer:DeleteServer"))
        try lease(22).sweep()
        #expect(try !standIn.paid().contains("transfer-server"))
        #expect(throws: Lost.self) { try lease(22) { throw Lost() }.open() }
        #expect(try !standIn.calls().contains("transfer:CreateServer"))
    }

    /// A lease on a server that is looked for at a port of this machine.
    private func lease(
        _ port: Int, confirm: @escaping () throws -> Void = {}
    ) throws -> TransferLease {
        let made = try standIn.aws("efs", "create-file-system", "--query", "FileSystemId")
        var settings = TransferSettings(
            project: "p", environment: name, fileSystem: word(made.standardOutputText),
            folder: "site", role: "transfer", loggingRole: nil, user: "pipeline", uid: 1000,
            gid: 1000, costPerHour: 0.3, account: standIn.account)
        (settings.interval, settings.listPatience) = (0.1, 0.3)
        settings.reachPatience = 0
        return TransferLease(
            client: try client(), settings: settings, journal: Forgetful(),
            folder: "\(standIn.state)/keys-\(name)", cancel: nil,
            resolve: { _, _ in ("127.0.0.1", port) }, confirm: confirm, note: { _ in })
    }
}

/// Of runs that nobody takes up.
private struct Forgetful: TransferJournal {
    func will(token: String, costPerHour: Double) -> Int64 { 1 }
    func made(_ lease: Int64, server: String) {}
    func ended(_ lease: Int64) {}
    func open() -> [TransferRecord] { [] }
}
