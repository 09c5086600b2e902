import Posix

/// The content of an archive that has to be read from more than one place: in memory, or in a file where it is
/// large.
final class Spool {
    private static let most = 16 << 20
    private let scratch: String
    private var bytes: [UInt8] = []
    private var file: (path: String, descriptor: Int32)?
    private(set) var count = 0

    init(scratch: String) { self.scratch = scratch }

    deinit {
        guard let file else { return }
        Descriptors.close(file.descriptor)
        try? FileSystem.remove(file.path)  // try?: ours, by its new name; never read again
    }

    func add(_ chunk: [UInt8]) throws {
        count += chunk.count
        if file == nil, bytes.count + chunk.count > Self.most { _ = try path() }
        if let file {
            try Descriptors.write(chunk, to: file.descriptor, path: file.path)
        } else {
            bytes += chunk
        }
    }

    /// The file that holds it, made where it is in memory.
    func path() throws -> String {
        if let file { return file.path }
        let path = FileSystem.temporaryPath(beside: "\(scratch)/layer")
        let descriptor = try Descriptors.open(path, .replace, mode: 0o600)
        file = (path, descriptor)
        try Descriptors.write(bytes, to: descriptor, path: path)
        bytes = []
        return path
    }

    /// At most `limit` bytes from a place on; none beyond the end.
    func read(from offset: Int, limit: Int) throws -> [UInt8] {
        if let file { return try FileSystem.read(file.path, from: Int64(offset), limit: limit) }
        guard offset < bytes.count else { return [] }
        return Array(bytes[offset..<min(bytes.count, offset + limit)])
    }

    /// A part of it as a stream.
    func source(from offset: Int = 0, count: Int? = nil) -> any ByteSource {
        SpoolSource(self, offset, min(self.count, offset + (count ?? self.count)))
    }

    private final class SpoolSource: ByteSource {
        private let spool: Spool
        private var position: Int
        private let end: Int

        init(_ spool: Spool, _ position: Int, _ end: Int) {
            (self.spool, self.position, self.end) = (spool, position, end)
        }

        func next(_ limit: Int) throws -> [UInt8] {
            guard position < end else { return [] }
            let chunk = try spool.read(from: position, limit: min(limit, end - position, 1 << 20))
            position += chunk.count
            return chunk
        }
    }
}

/// A stream that may not go on for ever: archives can hold more than a machine.
final class LimitedSource: ByteSource {
    private let source: any ByteSource
    private let budget: Budget

    final class Budget {
        var left: Int
        init(_ left: Int) { self.left = left }
    }

    init(_ source: any ByteSource, _ budget: Budget) {
        (self.source, self.budget) = (source, budget)
    }

    func next(_ limit: Int) throws -> [UInt8] {
        let chunk = try source.next(limit)
        budget.left -= chunk.count
        if budget.left < 0 { throw ArchiveFailure("it holds far more than its size tells") }
        return chunk
    }
}
