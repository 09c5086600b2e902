import PipelineModel
import SFTP
import Slots
package import TransportProviders

extension TransportProvider {
    /// A folder of a server that speaks SFTP. Where a key is not written the user's ssh configuration applies.
    package static let sftp = TransportProvider(
        schema: TransportSchema(
            name: "sftp",
            shared: [
                .mounted,
                KeySchema(
                    "host", .string, "server of route sftp, or its name in the ssh configuration"),
                KeySchema("port", .integer(1...65535), "port of the server"),
                KeySchema("user", .string, "user at the server"),
                KeySchema("identity", .string, "file of the private key"),
                KeySchema(
                    "known_hosts", .string, "file with the server's host keys; no other is accepted"
                ),
            ] + SFTPConnection.keys, files: ["identity", "known_hosts"], check: findings),
        programs: [.ssh], hasLinks: true,
        identity: { options in
            let port = options["port"].map { ":\($0)" } ?? ""
            return "sftp:\(user(options))\(options.text("host"))\(port):\(options.plainRoot)"
        },
        access: .lasting { request in
            let options = request.options
            let host = options.text("host")
            var settings = ClientSettings(
                SSHTarget(
                    host: host, port: options["port"].map { _ in options.integer("port") },
                    user: options["user"], identity: options["identity"],
                    knownHosts: options["known_hosts"]))
            settings.use(options)
            settings.cancel = request.cancel
            settings.idle = .process
            return SFTPConnection(
                settings, root: options.root, isDurable: options.boolean("durable"), name: host,
                memory: ServerMemory("\(user(options))\(host):\(options["port"] ?? "22")"))
        })

    private static func user(_ options: TransportOptions) -> String {
        options["user"].map { "\($0)@" } ?? ""
    }

    private static func findings(_ options: TransportOptions) -> [TransportSchema.Finding] {
        var findings: [TransportSchema.Finding] = []
        if options["host"] == nil {
            findings.append(
                .init(
                    code: "missing-key", "route sftp has no \"host\"",
                    advice: "name the server to send data to"))
        }
        if options.root.hasPrefix("-") || options["host"]?.hasPrefix("-") == true {
            findings.append(
                .init(
                    code: "bad-path", "\"host\" and \"root\" must not begin with a dash",
                    advice: "write a path"))
        }
        return findings
    }
}
