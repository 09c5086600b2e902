import PipelineModel
package import Slots

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
            ],
            // A file that is replaced is missing for a moment, which a site that runs from it would see.
            layouts: [.slots, .full]),
        programs: [(["rclone", "version"], "install it: apt-get install rclone")],
        identity: { options in
            "rclone:\(remoteName(options)):\(options.root)"
        },
        make: { request in
            RcloneTransport(
                RcloneProgram(
                    remote: request.options.values["remote"] ?? "", folder: request.folder,
                    config: request.options.values["config"], cancel: request.cancel))
        })

    /// A remote that is written out may hold a password among its parameters: they are left out.
    private static func remoteName(_ options: TransportOptions) -> String {
        let remote = options.values["remote"] ?? ""
        let isWrittenOut = remote.hasPrefix(":")
        let name = remote.drop { $0 == ":" }.prefix { $0 != ":" && $0 != "," }
        guard isWrittenOut else { return String(name) }
        let host = remote.split(separator: ",").first { $0.hasPrefix("host=") }
            .map { "," + $0.prefix { $0 != ":" } }
        return ":\(name)\(host ?? "")"
    }
}
