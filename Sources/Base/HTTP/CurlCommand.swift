/// The command line of curl(1), and the configuration that it reads from its standard input.
///
/// The command line is seen by everybody on the machine, so the URL and the headers, which may hold
/// secrets, are in the configuration.
enum CurlCommand {
    static func arguments(for request: HTTPRequest) -> [String] {
        var arguments = [
            // First, or ~/.curlrc is read: an answer must not depend on whose machine this is.
            "curl", "--disable", "--silent", "--show-error", "--include",
            "--suppress-connect-headers",
            "--globoff", "--proto", "=http,https",
            "--max-time", seconds(request.timeout), "--connect-timeout",
            seconds(min(request.timeout, 10)),
            "--max-filesize", "\(request.bodyLimit)",
        ]
        // A proxy cannot reach this machine's loopback addresses.
        if request.isLoopback { arguments += ["--noproxy", "*"] }
        switch request.method {
        case .get: break
        case .head: arguments.append("--head")
        case .delete, .post, .put: arguments += ["--request", request.method.rawValue]
        }
        return arguments + ["--config", "-"]
    }

    /// Nil when a header or the URL holds a line break, which could smuggle in another one.
    static func configuration(for request: HTTPRequest) -> String? {
        let values =
            [("url", request.url)] + request.headers.map { ("header", "\($0.name): \($0.value)") }
        var text = ""
        for (option, value) in values {
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                return nil
            }
            text += "\(option) = \"\(quoted(value))\"\n"
        }
        if let body = request.body {
            guard !body.utf8.contains(0) else { return nil }
            text += "data-raw = \"\(quoted(body))\"\n"
        } else if request.method == .post || request.method == .put {
            // Says that there is none: some servers insist on its length.
            text += "data-raw = \"\"\n"
        }
        return text
    }

    // curl(1), --config: within double quotes a backslash escapes.
    private static func quoted(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func seconds(_ value: Double) -> String {
        "\((max(value, 0.001) * 1000).rounded() / 1000)"
    }
}
