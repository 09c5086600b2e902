import PipelineModel
import Posix
import Processes
import Slots
package import TransportProviders

extension TransportProvider {
    /// Any storage that the program `rclone` (https://rclone.org) reaches: S3, Google Drive, WebDAV, another server.
    package static let rclone = TransportProvider(
        schema: TransportSchema(
            name: "rclone", summary: "the remote of route rclone, and how rclone reaches it",
            keys: [
                KeySchema(
                    "remote", .string, required: true,
                    "remote of rclone's configuration with its colon, such as drive:, or one written out: :sftp,host=example.org:"
                ),
                KeySchema(
                    "config", .string,
                    "rclone's configuration file, relative to the project; default: the user's own"),
            ], shared: [.mounted],
            // A file that is replaced is missing for a moment, which a site that runs from it would see.
            layouts: [.slots, .full], files: ["rclone.config"]),
        programs: [.init(["rclone", "version"], advice: "install it: apt-get install rclone")],
        reachesBuckets: true,
        identity: { options in
            "rclone:\(remoteName(options)):\(options.root)"
        },
        checks: { environment, options in
            try options["rclone.config"].map { try privacy(of: $0, environment) } ?? []
        },
        access: .lasting { request in
            RcloneConnection(
                remote: request.options.text("rclone.remote"), root: request.options.root,
                config: request.options["rclone.config"], cancel: request.cancel)
        })

    /// Whether a configuration file, which has passwords and tokens, is for its owner alone.
    private static func privacy(of file: String, _ environment: String) throws -> [Diagnosis] {
        guard let mode = try FileSystem.status(file)?.mode else {
            return [
                Diagnosis(
                    environment, "rclone", .bad, "there is no \(file)",
                    advice: "make it with rclone --config \(file) config")
            ]
        }
        guard mode & 0o077 != 0 else { return [] }
        return [
            Diagnosis(
                environment, "rclone", .warning, "\(file) has credentials, and others can read it",
                advice: "chmod 600 \(file)")
        ]
    }

    /// A remote that is written out may hold a password among its parameters: they are left out.
    private static func remoteName(_ options: TransportOptions) -> String {
        let remote = options["rclone.remote"] ?? ""
        let isWrittenOut = remote.hasPrefix(":")
        let name = remote.drop { $0 == ":" }.prefix { $0 != ":" && $0 != "," }
        guard isWrittenOut else { return String(name) }
        let host = remote.split(separator: ",").first { $0.hasPrefix("host=") }
            .map { "," + $0.prefix { $0 != ":" } }
        return ":\(name)\(host ?? "")"
    }
}

final class RcloneConnection: TransportConnection {
    private let remote: String
    private let root: String
    private let config: String?
    private let cancel: Cancellation?

    init(remote: String, root: String, config: String?, cancel: Cancellation?) {
        self.remote = remote
        self.root = root
        self.config = config
        self.cancel = cancel
    }

    func transport(_ folder: String) -> any Transport {
        RcloneTransport(
            RcloneProgram(
                remote: remote, folder: folder.isEmpty ? root : "\(root)/\(folder)",
                config: config, cancel: cancel))
    }
}
