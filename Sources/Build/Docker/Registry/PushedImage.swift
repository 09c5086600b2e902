/// What a push sent.
package struct PushedImage: Hashable, Sendable {
    /// The digest of the manifest in the registry, `sha256:…`.
    package let digest: String
    /// Bytes of the manifest.
    package let size: Int64

    package init(digest: String, size: Int64) {
        self.digest = digest
        self.size = size
    }

    /// Reads the line `TAG: digest: sha256:… size: N` with which a push ends.
    package init?(pushOutput: String) {
        for line in pushOutput.split(whereSeparator: \.isNewline).reversed() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let label = words.firstIndex(of: "digest:"), words.count >= label + 4,
                words[label + 2] == "size:", let size = Int64(words[label + 3]),
                ImageDigest.isValid(words[label + 1])
            else { continue }
            self.init(digest: String(words[label + 1]), size: size)
            return
        }
        return nil
    }
}

/// The form of digests of images (OCI image specification, descriptors, digests).
package enum ImageDigest {
    /// Whether the text is `sha256:` and 64 lower-case digits.
    package static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 71 && bytes.starts(with: "sha256:".utf8)
            && bytes.dropFirst(7).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
