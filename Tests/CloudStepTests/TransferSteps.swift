import Failures
import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

@testable import TransferLeases

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

    /// A lease on a server that is looked for at a port of this machine.
    private func lease(_ port: Int) throws -> TransferLease {
        let made = try standIn.aws("efs", "create-file-system", "--query", "FileSystemId")
        var settings = TransferSettings(
            project: "p", environment: name, fileSystem: word(made.standardOutputText),
            folder: "site", role: "transfer", loggingRole: nil, user: "pipeline", uid: 1000,
            gid: 1000, costPerHour: 0.3, account: standIn.account)
        settings.interval = 0.1
        settings.reachPatience = 0
        return TransferLease(
            client: try client(), settings: settings, journal: Forgetful(),
            folder: "\(standIn.state)/keys-\(name)", cancel: nil,
            resolve: { _, _ in ("127.0.0.1", port) }, note: { _ in })
    }
}

/// Of runs that nobody takes up.
private struct Forgetful: TransferJournal {
    func will(token: String, costPerHour: Double) -> Int64 { 1 }
    func made(_ lease: Int64, server: String) {}
    func ended(_ lease: Int64) {}
    func open() -> [TransferRecord] { [] }
}
