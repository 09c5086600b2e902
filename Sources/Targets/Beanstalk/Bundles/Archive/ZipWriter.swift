import Digests
import Paths
import Posix

/// Writes a zip file of entries, whole or not at all.
struct ZipWriter {
    private static let chunk = 1 << 20

    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var offset: Int64 = 0
    private var directory: [UInt8] = []
    private var hasher = OutputHasher()

    static func write(
        _ entries: [BundleEntry], to path: String
    ) throws(BundleError) -> WrittenBundle {
        guard entries.count <= ZipArchive.maximumEntries else {
            throw .tooManyFiles(entries.count)
        }
        let bytes = ZipArchive.size(of: entries)
        guard bytes <= ZipArchive.maximumBytes else {
            throw .tooLarge(bytes: bytes, biggest: BundleContent(entries).biggest)
        }
        let aside = FileSystem.temporaryPath(beside: path)
        do {
            let digest = try write(entries, aside: aside)
            try onDisk { () throws(PosixError) in
                try FileSystem.synchronize(aside)
                try FileSystem.rename(aside, to: path)
                try FileSystem.synchronize(PathText.folder(path))
            }
            return WrittenBundle(path: path, digest: digest, bytes: bytes)
        } catch {
            try? FileSystem.remove(aside)  // try?: ours, made above; nobody reads it
            throw error
        }
    }

    private static func write(
        _ entries: [BundleEntry], aside: String
    ) throws(BundleError) -> Digest {
        let descriptor = try onDisk { () throws(PosixError) in
            try Descriptors.open(aside, .replace)
        }
        defer { Descriptors.close(descriptor) }
        var writer = ZipWriter(path: aside, descriptor: descriptor)
        for entry in entries { try writer.add(entry) }
        try writer.finish(entries: entries.count)
        return writer.hasher.finish()
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    private mutating func add(_ entry: BundleEntry) throws(BundleError) {
        var checksum = CRC32()
        try Self.read(entry) { bytes throws(BundleError) in checksum.update(bytes) }
        let member = ZipArchive.Member(
            name: Array(entry.path.utf8), isExecutable: entry.isExecutable,
            checksum: checksum.value, size: UInt32(entry.size))
        directory += member.centralHeader(offset: UInt32(offset))
        try put(member.localHeader)
        // Read twice, since the checksum comes first; what is written must be what was planned.
        var content = Hasher256()
        let start = offset
        try Self.read(entry) { bytes throws(BundleError) in
            content.update(bytes)
            try put(bytes)
        }
        guard content.finish() == entry.digest, offset - start == entry.size else {
            throw .changed(path: entry.path)
        }
    }

    private static func read(
        _ entry: BundleEntry, _ body: ([UInt8]) throws(BundleError) -> Void
    ) throws(BundleError) {
        switch entry.content {
        case .bytes(let bytes): try body(bytes)
        case .file(let file):
            let source = try onDisk { () throws(PosixError) in try Descriptors.open(file, .read) }
            defer { Descriptors.close(source) }
            var rest = entry.size
            while true {
                let bytes = try onDisk { () throws(PosixError) in
                    try Descriptors.read(source, upTo: chunk, path: file)
                }
                if bytes.isEmpty { return }
                rest -= Int64(bytes.count)
                // A file that grows without end is noticed here, and not when the disk is full.
                guard rest >= 0 else { throw .changed(path: entry.path) }
                try body(bytes)
            }
        }
    }

    private mutating func finish(entries: Int) throws(BundleError) {
        let start = UInt32(offset)
        let size = UInt32(directory.count)
        try put(directory)
        try put(ZipArchive.end(entries: entries, directorySize: size, directoryOffset: start))
        try flush()
    }

    private mutating func put(_ bytes: [UInt8]) throws(BundleError) {
        pending += bytes
        offset += Int64(bytes.count)
        if pending.count >= Self.chunk { try flush() }
    }

    private mutating func flush() throws(BundleError) {
        hasher.update(pending)
        let (bytes, descriptor, path) = (pending, descriptor, path)
        try onDisk { () throws(PosixError) in
            try Descriptors.write(bytes, to: descriptor, path: path)
        }
        pending.removeAll(keepingCapacity: true)
    }
}

/// A hasher that a copyable value can hold.
private final class OutputHasher {
    private var hasher = Hasher256()

    func update(_ bytes: [UInt8]) { hasher.update(bytes) }

    func finish() -> Digest { hasher.finish() }
}
