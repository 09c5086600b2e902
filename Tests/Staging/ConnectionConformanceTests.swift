import DirectoryTransports
import PipelineModel
import Posix
import SFTPTransports
import Slots
import TestServers
import Testing
import TransportProviders

/// Transports as their providers make them, from the options of an environment: with `BucketTransportTests` and
/// `RcloneTransportTests` the conformance suite runs over every provider (`transfer` is SFTP to a server of its own).
@Suite struct ConnectionConformanceTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func connect(
        _ provider: TransportProvider, _ options: TransportOptions
    ) throws -> any TransportConnection {
        guard case .lasting(let connect) = provider.access else {
            throw TransportError.failed("\(provider.schema.name) is made for a command")
        }
        return connect(.init(options: options, cancel: nil))
    }

    private func check(_ connection: any TransportConnection) throws {
        try TransportConformance.check(connection.transport("a"), local: scratch)
        #expect(try connection.transport("").entries(of: nil)?.contains { $0.name == "a" } == true)
        let markers = try connection.markers(of: ["a", "b"])
        #expect(markers == nil || markers?.count == 2)
        try connection.close()
    }

    @Test func directory() throws {
        let root = "\(scratch.path)/place"
        try FileSystem.createDirectories(root)
        let provider = TransportProvider.directory
        try check(try connect(provider, TransportOptions(provider.schema, root: root)))
    }

    @Test func sftp() throws {
        let server = try SSHServer()
        let root = "\(scratch.path)/place"
        try FileSystem.createDirectories(root)
        let provider = TransportProvider.sftp
        let options = TransportOptions(
            provider.schema, root: root,
            [
                "host": "127.0.0.1", "port": "\(server.port)", "identity": server.identity,
                "known_hosts": server.knownHosts,
            ])
        try check(try connect(provider, options))
    }
}
