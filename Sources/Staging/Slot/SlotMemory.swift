package import Digests
import JSON

/// What a journal remembers of a filling that was interrupted. Pure.
package struct SlotMemory: Hashable, Sendable {
    package let token: String
    /// The manifest that the slot held before.
    package let baseline: Digest?
    /// Files that got their name, or were about to; of size -1 where that is not known any more.
    package private(set) var files: [RelativePath: SlotContent.File] = [:]
    /// Bytes that lie under a temporary name, by that name without its folder.
    package private(set) var parts: [String: Int64] = [:]

    /// Reads a journal; nil where its first line is not whole. Lines that make no sense are passed over:
    /// the last one may be truncated.
    package init?(parsing bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        guard bytes.contains(UInt8(ascii: "\n")), let first = lines.first else { return nil }
        let words = Self.words(first)
        guard words.count == 3, words[0] == "filling" else { return nil }
        token = words[1]
        baseline = Digest(hex: words[2])
        let isCut = bytes.last != UInt8(ascii: "\n")
        for line in isCut ? lines.dropFirst().dropLast() : lines.dropFirst() { take(line) }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        let words = Self.words(line)
        if words.count == 3, words[0] == "part", let bytes = Int64(words[2]), bytes >= 0 {
            parts[words[1]] = bytes
        } else if words.count >= 4, words[0] == "file", let digest = Digest(hex: words[1]),
            let size = Int64(words[2]), let path = Self.path(line)
        {
            files[path] = .init(size: size, digest: digest)
        } else if words.count >= 4, words[0] == "lost", let path = Self.path(line) {
            files[path] = .init(size: -1, digest: nil)
        }
    }

    private static func words(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: " "), maxSplits: 3)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func path(_ line: ArraySlice<UInt8>) -> RelativePath? {
        guard let quote = line.firstIndex(of: UInt8(ascii: "\"")),
            let text = try? JSONValue.decode(  // try?: passed over, and sent again
                String.self, from: line[quote...])
        else { return nil }
        return try? RelativePath(text)  // try?: as above
    }
}
