import Digests
import Glibc
import Posix
import Synchronization
import Testing

@Suite struct FileDigestTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// Around the size of the buffer, where a short read would show.
    @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])
    func filesOfAnySize(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = try folder.file("data", bytes)
        #expect(
            try Digest.ofFile(path) == FileDigest(digest: Digest.of(bytes), bytes: Int64(size)))
    }

    /// Files of proc(5) have a size of 0, and content.
    @Test func aFileThatTellsNoSize() throws {
        let found = try Digest.ofFile("/proc/version")
        let text = try FileSystem.readText("/proc/version")
        #expect(!text.isEmpty)
        #expect(
            found == FileDigest(digest: Digest.of(Array(text.utf8)), bytes: Int64(text.utf8.count)))
    }

    @Test func linksAreFollowed() throws {
        let path = try folder.file("data", [1, 2, 3])
        let link = folder.path + "/link"
        try #require(symlink(path, link) == 0)
        #expect(try Digest.ofFile(link).digest == Digest.of([1, 2, 3]))
    }

    @Test func aMissingFile() {
        let path = folder.path + "/missing"
        #expect(throws: PosixError(call: "open", path: path, code: ENOENT)) {
            try Digest.ofFile(path)
        }
    }

    @Test func aFolder() {
        #expect(throws: PosixError(call: "read", path: folder.path, code: EISDIR)) {
            try Digest.ofFile(folder.path)
        }
    }

    @Test func aPipeIsRefusedInsteadOfWaitedFor() throws {
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        #expect(throws: PosixError(call: "read", path: path, code: EINVAL)) {
            try Digest.ofFile(path)
        }
    }

    @Test(arguments: [0, 1, 2, 7])
    func manyFilesKeepTheirOrder(threads: Int) throws {
        var paths: [String] = []
        for index in 0..<50 {
            paths.append(try folder.file("f\(index)", Array(repeating: 7, count: index * 1000)))
        }
        paths.insert(folder.path + "/missing", at: 20)
        let results = Digest.ofFiles(paths, threads: threads)
        #expect(results.count == 51)
        for (path, result) in zip(paths, results) where !path.hasSuffix("missing") {
            #expect(try result.get() == Digest.ofFile(path))
        }
        #expect(
            results[20] == .failure(PosixError(call: "open", path: paths[20], code: ENOENT)))
    }

    @Test func noFiles() {
        #expect(Digest.ofFiles([], threads: 4).isEmpty)
    }

    /// What came of a refused file must not leak into the digest of the one after it.
    @Test func cancelledFilesLeaveNothingBehind() throws {
        let large = try folder.file("large", [UInt8](repeating: 1, count: 3 << 20))
        let small = try folder.file("small", [1, 2, 3])
        let asked = Atomic<Int>(0)
        // The third question comes in the middle of the large file.
        let results = Digest.ofFiles([large, small], threads: 1) {
            asked.wrappingAdd(1, ordering: .relaxed).newValue == 3
        }
        #expect(results[0] == .failure(PosixError(call: "read", path: large, code: ECANCELED)))
        #expect(try results[1].get().digest == Digest.of([1, 2, 3]))
    }
}
