import Posix
import Processes

/// The host keys that a server shows, and which of them AWS vouches for.
enum HostKeys {
    /// Lines of a known_hosts file, as ssh-keyscan(1) prints them.
    static func scan(_ host: String, port: Int, cancel: Cancellation?) throws -> [String] {
        let output = try ProcessRunner.run(
            ProcessCommand([
                "ssh-keyscan", "-T", "10", "-p", String(port), "-t", "ed25519,ecdsa,rsa", "--",
                host,
            ]), timeout: 40, cancel: cancel)
        return output.standardOutputText.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.isEmpty }
    }

    /// `SHA256:…` of each line, in order, as ssh-keygen(1) prints them.
    static func fingerprints(of lines: [String]) throws -> [String] {
        let output = try ProcessRunner.run(
            ProcessCommand(["ssh-keygen", "-lf", "-"]),
            input: Array((lines.joined(separator: "\n") + "\n").utf8), timeout: 20)
        return output.standardOutputText.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init)
        }
    }

    /// AWS pads the base64 text, and OpenSSH does not.
    static func isSame(_ left: String, _ right: String) -> Bool {
        func bare(_ text: String) -> Substring {
            var text = text[...]
            while text.last == "=" { text = text.dropLast() }
            return text
        }
        return bare(left) == bare(right)
    }
}
