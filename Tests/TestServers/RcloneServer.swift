import FoundationEssentials
import Posix
import Processes

/// A server that the real `rclone` plays (`rclone serve`), of a folder of this machine; it ends with the object.
package final class RcloneServer {
    package static var isInstalled: Bool { OtherServer.installed.contains("rclone") }

    /// The folder that it serves.
    package let folder: String
    /// The remote that reaches it, written out, with its colon.
    package let remote: String
    private let child: ChildProcess

    /// - Parameter kind: `webdav` or `sftp`.
    package init(_ kind: String) throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-rclone-server-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        let port = try Self.freePort()
        var words = ["rclone", "serve", kind, "--addr", "127.0.0.1:\(port)"]
        // What a test changes behind the server is seen at once.
        words += ["--dir-cache-time", "0s"]
        switch kind {
        case "sftp":
            words += ["--user", "x", "--pass", "y"]
            let obscured = try ProcessRunner.run(ProcessCommand(["rclone", "obscure", "y"]))
                .standardOutputText.filter { !$0.isWhitespace }
            remote =
                ":sftp,host=127.0.0.1,port=\(port),user=x,pass=\(obscured),shell_type=none,disable_hashcheck=true:"
        default: remote = ":\(kind),url='http://127.0.0.1:\(port)':"
        }
        child = try ChildProcess(
            ProcessCommand(words + [folder]), standardInput: .null,
            standardOutput: .null, standardError: .pipe)
        // It logs its address once it listens.
        var said = ""
        if let errors = child.standardError {
            while !said.contains("127.0.0.1:\(port)") {
                let more = try Descriptors.read(errors, upTo: 4096)
                guard !more.isEmpty else { throw NotUp(kind: kind, said: said) }
                said += String(decoding: more, as: UTF8.self)
            }
        }
    }

    private static func freePort() throws -> UInt16 {
        let (listener, port) = try LoopbackSocket.listen(port: 0)
        Descriptors.close(listener)
        return port
    }

    deinit {
        child.terminate(grace: 1)
        // try?: a scratch folder; the system clears it sooner or later
        try? FileSystem.removeTree(folder)
    }

    package struct NotUp: Error {
        package let kind: String
        package let said: String
    }
}
