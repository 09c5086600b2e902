import Posix
package import Processes

/// The program that stands between a client and OpenSSH's sftp-server and spoils what it is instructed to.
package enum FaultyServer {
    package static let sftpServer = "/usr/lib/openssh/sftp-server"

    package static var isInstalled: Bool { (try? FileSystem.status(sftpServer)) != nil }

    private static let script =
        String(#filePath.dropLast("FaultyServer.swift".count)) + "faulty/faulty_server.py"

    /// The carrier of a session with these faults; see the script for their names.
    package static func command(_ faults: [String], options: [String] = []) -> ProcessCommand {
        ProcessCommand(["python3", script] + faults + ["--", sftpServer] + options)
    }
}
