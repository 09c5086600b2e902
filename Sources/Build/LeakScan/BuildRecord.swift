import JSON
import Texts

/// What an image says of its own build: variables, labels, and the commands of its history, in which arguments
/// of the build stand with their values
/// (https://github.com/opencontainers/image-spec/blob/main/config.md).
struct BuildRecord {
    struct Part: Equatable {
        /// `ENV NAME`, `label NAME`, `history, step 3`.
        let name: String
        let text: String
    }

    let parts: [Part]

    /// nil where the bytes are no such record.
    init?(_ bytes: [UInt8]) {
        struct Record: Decodable {
            struct Config: Decodable {
                let env: [String]?
                let labels: [String: String]?
                let command: [String]?
                let entrypoint: [String]?
                enum CodingKeys: String, CodingKey {
                    case env = "Env"
                    case labels = "Labels"
                    case command = "Cmd"
                    case entrypoint = "Entrypoint"
                }
            }
            struct Step: Decodable {
                let createdBy: String?
                let comment: String?
                enum CodingKeys: String, CodingKey {
                    case createdBy = "created_by"
                    case comment
                }
            }
            let config: Config?
            let containerConfig: Config?
            let history: [Step]?
            enum CodingKeys: String, CodingKey {
                case config, history
                case containerConfig = "container_config"
            }
        }
        guard bytes.first == 0x7B,
            let record = try? JSONValue.decode(  // try?: else a file like others
                Record.self, from: bytes),
            record.config != nil || record.history != nil
        else { return nil }
        var parts: [Part] = []
        for config in [record.config, record.containerConfig].compactMap(\.self) {
            for variable in config.env ?? [] {
                parts.append(Part(name: "ENV \(variable.prefix { $0 != "=" })", text: variable))
            }
            for (name, value) in (config.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
                parts.append(Part(name: "label \(name)", text: "\(name)=\(value)"))
            }
            let command = (config.entrypoint ?? []) + (config.command ?? [])
            if !command.isEmpty {
                parts.append(Part(name: "command", text: command.joined(separator: " ")))
            }
        }
        for (index, step) in (record.history ?? []).enumerated() {
            let text = [step.createdBy, step.comment].compactMap(\.self).joined(separator: "\n")
            if !text.isEmpty { parts.append(Part(name: "history, step \(index + 1)", text: text)) }
        }
        self.parts = parts
    }

    /// The names of what is given a value in a text although it is secret by its name: `NAME=value`,
    /// `--name value`.
    static func secretNames(in text: String) -> [String] {
        var found: [String] = []
        let words = words(text)
        for (index, word) in words.enumerated() {
            var name = word[...]
            var value: Substring?
            if let equals = word.firstIndex(of: "=") {
                (name, value) = (word[..<equals], word[word.index(after: equals)...])
            } else if word.hasPrefix("--"), index + 1 < words.count {
                value = words[index + 1][...]
            }
            guard let value, isSecret(name), isValue(value) else { continue }
            let plain = String(name.drop { $0 == "-" })
            if !found.contains(plain) { found.append(plain) }
        }
        return found
    }

    /// Words of a command, without the quotes around them or around a value.
    private static func words(_ text: String) -> [String] {
        var found: [String] = []
        var word = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character.isWhitespace || ";&|()".contains(character) {
                if !word.isEmpty { found.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? found : found + [word]
    }

    private static func isSecret(_ name: Substring) -> Bool {
        let plain = name.drop { $0 == "-" }
        guard !plain.isEmpty, plain.allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) })
        else { return false }
        let parts = plain.lowercased().split { "_-.".contains($0) }.map(String.init)
        let joined = parts.joined(separator: "_")
        let ends = [
            "file", "path", "dir", "url", "uri", "name", "id", "ttl", "length", "size", "type",
            "sha256",
            "version", "expiry", "limit", "count", "expires", "header", "prefix", "hash", "policy",
            "digest",
            "enabled",
        ]
        if let last = parts.last, parts.count > 1, ends.contains(last) { return false }
        if parts.contains(where: { secretWords.contains($0) }) { return true }
        if let last = parts.last, parts.count > 1, ["pass", "pwd", "pw"].contains(last) {
            return true
        }
        return [
            "api_key", "access_key", "private_key", "secret_key", "encryption_key", "signing_key",
            "auth_key",
            "connection_string", "service_key", "account_key", "master_key",
        ].contains { joined.contains($0) }
    }

    private static let secretWords: Set = [
        "password", "passwd", "passphrase", "secret", "secrets", "token", "apikey", "credential",
        "credentials", "pgpassword", "authtoken", "accesskey", "secretkey", "privatekey",
        "dbpassword",
        "passw",
    ]

    private static func isValue(_ value: Substring) -> Bool {
        guard value.utf8.count >= 4, let first = value.first, !"$<{%/*".contains(first) else {
            return false
        }
        let lowered = value.lowercased()
        return !["true", "false", "none", "null", "unset", "required", "optional"].contains(lowered)
            && !Array(value.utf8).isPlaceholder
    }
}
