import FoundationEssentials
import Posix
import Processes

/// An SFTP server of another make, from packages, on loopback; it ends with the object.
///
/// `PIPELINE_TEST_SFTP_PYTHON` names the Python that has those which are written in it (`sftp/serve.py`).
package final class OtherServer {
    package static let names = [
        "openssh", "openssh-plain", "openssh-umask", "chroot", "proftpd", "dropbear", "rclone",
        "asyncssh", "one-file", "transfer-efs", "transfer-s3", "paramiko", "conch", "go",
    ]

    package static let python = Environment.value("PIPELINE_TEST_SFTP_PYTHON")

    /// Those that this machine can have; the set-up of the tests says which are left out.
    package static let installed: [String] = {
        let out = Environment.value("PIPELINE_TEST_SFTP_WITHOUT") ?? ""
        let missing = Set(out.split(separator: " ").map(String.init))
        return python == nil ? [] : names.filter { !missing.contains($0) }
    }()

    package struct Address: Decodable, Sendable {
        package let port: Int
        package let user: String
        package let identity: String
        package let knownHosts: String
        /// Where data may be put, as the server names it, and where that lies on this machine.
        package let root: String
        package let data: String
    }

    package let address: Address
    private let folder: String
    private let child: ChildProcess

    private static let script =
        String(#filePath.dropLast("OtherServer.swift".count)) + "sftp/serve.py"

    package init(_ name: String) throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-server-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        child = try ChildProcess(
            ProcessCommand([Self.python ?? "python3", Self.script, name, folder]),
            standardInput: .pipe, standardOutput: .pipe,
            standardError: .file("\(folder)/serve.log", append: true))
        var line: [UInt8] = []
        if let output = child.standardOutput {
            while line.last != UInt8(ascii: "\n") {
                let more = try Descriptors.read(output, upTo: 4096)
                if more.isEmpty { break }
                line += more
            }
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do { address = try decoder.decode(Address.self, from: Data(line)) } catch {
            // try?: the log explains an error that is thrown in any case
            throw NotUp(name: name, log: (try? FileSystem.readText("\(folder)/serve.log")) ?? "")
        }
    }

    deinit {
        child.closeStandardInput()
        if child.wait(timeoutMs: 10_000) == nil { child.terminate(grace: 0) }
        // try?: a scratch folder; the system clears it sooner or later
        try? FileSystem.removeTree(folder)
    }

    package struct NotUp: Error {
        package let name: String
        package let log: String
    }
}
