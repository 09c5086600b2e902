import Digests
import FoundationEssentials
import Posix
import Processes
import SFTP
import TestServers

/// A folder with local files and one that the server under test writes into.
final class UploadScene {
    let root: String
    var there: String { "\(root)/there" }
    var log: String { "\(root)/log" }

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-sftp-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(root)/there")
    }

    deinit { try? FileSystem.removeTree(root) }

    func client(
        _ faults: String..., options: [String] = [], patience: Double = 20
    ) -> SFTPClient {
        var settings = ClientSettings(
            command: FaultyServer.command(faults + ["log=\(log)"], options: options), host: "test")
        settings.patience = patience
        settings.sessions = 2
        settings.retryFor = 20
        return SFTPClient(settings)
    }

    /// A file of so many bytes that are never the same for long.
    func file(_ name: String, bytes: Int) throws -> Upload {
        let content = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            for place in 0..<bytes {
                buffer[place] = UInt8(truncatingIfNeeded: place &* 31 &+ place >> 9)
            }
            count = bytes
        }
        try FileSystem.writeAtomically(content, to: "\(root)/\(name)")
        return Upload(
            .file("\(root)/\(name)"), to: RemotePath("\(there)/\(name)"),
            aside: RemotePath("\(there)/.aside-\(name)"), digest: Digest.of(content),
            size: Int64(bytes))
    }

    func send(
        _ uploads: [Upload], _ client: SFTPClient, events: UploadEvents = UploadEvents(),
        isInterrupted: () -> Bool = { false }
    ) throws(SFTPError) {
        var rest = uploads[...]
        try client.upload({ rest.popFirst().map { ($0, events) } }, isInterrupted: isInterrupted)
    }

    func isThere(_ upload: Upload) throws -> Bool {
        let path = upload.target.description
        guard try FileSystem.status(path) != nil else { return false }
        return try Digest.ofFile(path).digest == upload.digest
    }

    var names: [String] { (try? FileSystem.entries(of: there).map(\.name)) ?? [] }

    /// What the server was asked: type, then what belongs to it.
    func requests() throws -> [[Substring]] {
        try FileSystem.readText(log).split(separator: "\n").map { $0.split(separator: " ") }
    }

    /// Bytes of all WRITEs.
    func bytesWritten() throws -> Int {
        try requests().filter { $0[0] == "6" }.reduce(0) { $0 + (Int($1[2]) ?? 0) }
    }
}
