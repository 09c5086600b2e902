import Digests
import Posix
import Slots

extension ArchivePlace {
    /// The contents of files in a folder of the archive; nil for those that are not there. One that is longer than expected is cut
    /// behind the first byte too many.
    func contents(
        _ files: [(path: RelativePath, size: Int64)], in name: String,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> [[UInt8]?] {
        guard !files.isEmpty else { return [] }
        let transport = folder(name)
        let buffer = Contents(limits: files.map { Int($0.size) + 1 })
        try reaching {
            try transport.read(
                files,
                take: { (number, bytes) throws(TransportError) in buffer.append(bytes, to: number)
                },
                end: { (number, exists) throws(TransportError) in
                    buffer.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
        }
        return buffer.values
    }

    /// Writes a file of the history, durably, over one that has the name.
    ///
    /// - Parameter source: a path of this clone's own, for its bytes.
    func putHistory(
        _ name: String, _ bytes: [UInt8], by source: String,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws {
        try FileSystem.writeAtomically(bytes, to: source, mode: 0o600)
        let history = folder(Self.history)
        var next: TransportPut? = TransportPut(
            source,
            as: .init(
                path: try RelativePath(name), digest: Digest.of(bytes), size: Int64(bytes.count)))
        try reaching {
            try history.makeFolders([])
            try history.put(
                { () throws(TransportError) in
                    defer { next = nil }
                    return next
                }, observer: PutObserver(), isInterrupted: isInterrupted)
            try history.synchronize()
        }
    }
}

/// The bytes of several files that arrive in parts.
final class Contents {
    private(set) var values: [[UInt8]?]
    private var parts: [[UInt8]]
    private let limits: [Int]

    /// - Parameter limits: bytes of each file behind which it is cut off.
    init(limits: [Int]) {
        self.limits = limits
        values = Array(repeating: nil, count: limits.count)
        parts = Array(repeating: [], count: limits.count)
    }

    func append(_ bytes: ArraySlice<UInt8>, to number: Int) {
        parts[number] += bytes.prefix(limits[number] - parts[number].count)
    }

    func end(_ number: Int, exists: Bool) {
        if exists { values[number] = parts[number] }
        parts[number] = []
    }
}
