import Digests
import JSON

extension DataManifest {
    private struct Line: Decodable {
        let path: String
        let digest: String
        let size: Int64
    }

    /// Reads the canonical form back. Any other form of the same list is refused: its digest would name
    /// other data.
    package init(parsing text: String) throws(DataManifestError) {
        var entries: [Entry] = []
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        entries.reserveCapacity(lines.count)
        for (index, bytes) in lines.enumerated() {
            guard let line = try? JSONValue.decode(Line.self, from: bytes) else {  // try?: refused
                throw .badLine(index + 1, reason: "not an object with path, digest and size")
            }
            guard let digest = Digest(hex: line.digest), line.size >= 0 else {
                throw .badLine(index + 1, reason: "its digest or size is out of form")
            }
            do {
                entries.append(
                    Entry(path: try RelativePath(line.path), digest: digest, size: line.size))
            } catch {
                throw .badLine(index + 1, reason: error.description)
            }
        }
        try self.init(entries)
        guard self.text.utf8.elementsEqual(text.utf8) else { throw .notCanonical }
    }
}
