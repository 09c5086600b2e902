import Digests

/// Hashes the files in the data of a pseudo-file, where their contents follow each other.
final class DataHasher {
    private struct Part {
        let paths: [[UInt8]]
        let bytes: Int64
        let offset: Int64
    }

    private let parts: [Part]
    private var next = 0
    private var position: Int64 = 0
    private var left: Int64 = 0
    private var hasher = Hasher256()
    private var digests: [[UInt8]: Digest] = [:]
    private var isSound = true

    init(_ records: [ListingParser.Record]) {
        // Names of one file share an offset.
        var parts: [Part] = []
        let files = records.compactMap { record -> Part? in
            guard case .file(let bytes) = record.entry.kind, let offset = record.offset else {
                return nil
            }
            return Part(paths: [record.entry.path], bytes: bytes, offset: offset)
        }.sorted { ($0.offset, $0.bytes) < ($1.offset, $1.bytes) }
        for file in files {
            if file.bytes > 0, let last = parts.last, last.offset == file.offset,
                last.bytes == file.bytes
            {
                parts[parts.count - 1] = Part(
                    paths: last.paths + file.paths, bytes: file.bytes, offset: file.offset)
            } else {
                parts.append(file)
            }
        }
        self.parts = parts
        left = parts.first?.bytes ?? 0
        settle()
    }

    func add(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty, next < parts.count {
            let part = rest.prefix(Int(min(left, Int64(rest.count))))
            part.withUnsafeBytes { hasher.update($0) }
            rest = rest.dropFirst(part.count)
            position += Int64(part.count)
            left -= Int64(part.count)
            settle()
        }
        // Data that no file owns.
        if !rest.isEmpty { isSound = false }
    }

    /// The digests by path; nil when the data did not fit the files.
    func finish() -> [[UInt8]: Digest]? {
        isSound && next == parts.count ? digests : nil
    }

    /// Ends the files whose content is complete.
    private func settle() {
        while next < parts.count, left == 0 {
            let part = parts[next]
            let digest = hasher.finish()
            for path in part.paths { digests[path] = digest }
            if part.offset + part.bytes != position { isSound = false }
            next += 1
            left = next < parts.count ? parts[next].bytes : 0
        }
    }
}
