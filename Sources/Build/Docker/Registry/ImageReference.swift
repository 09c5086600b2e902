/// An image in a registry: `host[:port]/name:tag` or `host[:port]/name@sha256:…`
/// (https://pkg.go.dev/github.com/distribution/reference).
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// With its port, if it has one.
    package let host: String
    /// The name inside the registry, which may have slashes.
    package let name: String
    /// A tag, or a digest.
    package let version: String

    /// Reads a reference; without a tag it means `latest`, as Docker has it.
    package init(_ text: String) throws(RegistryError) {
        guard let slash = text.firstIndex(of: "/") else { throw .badReference(text) }
        host = String(text[..<slash])
        let rest = text[text.index(after: slash)...]
        if let at = rest.firstIndex(of: "@") {
            let named = rest[..<at]
            name = String(named.prefix { $0 != ":" })
            version = String(rest[rest.index(after: at)...])
        } else if let colon = rest.lastIndex(of: ":") {
            name = String(rest[..<colon])
            version = String(rest[rest.index(after: colon)...])
        } else {
            name = String(rest)
            version = "latest"
        }
        // A first part without a dot or a port is a name at Docker Hub, not a host.
        guard host == "localhost" || host.contains(".") || host.contains(":"),
            Self.isName(name), Self.isVersion(version)
        else { throw .badReference(text) }
    }

    /// The same image by the digest of its manifest.
    package func at(digest: String) throws(RegistryError) -> ImageReference {
        try ImageReference("\(host)/\(name)@\(digest)")
    }

    package var isDigest: Bool { ImageDigest.isValid(version) }

    package var text: String { "\(host)/\(name)\(isDigest ? "@" : ":")\(version)" }
    package var description: String { text }

    private static func isName(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != "."
                && part.utf8.allSatisfy { byte in
                    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                        || byte == UInt8(ascii: "-")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                }
        }
    }

    private static func isVersion(_ version: String) -> Bool {
        if version.hasPrefix("sha256:") { return ImageDigest.isValid(version) }
        return (1...128).contains(version.utf8.count)
            && version.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
    }
}
