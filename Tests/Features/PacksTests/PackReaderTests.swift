import Posix
import Testing

@testable import Packs

@Suite struct PackReaderTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func everyDifferenceIsFound() throws {
        try scratch.writeTree("tree")
        let pack = scratch.path("out.sqfs")
        _ = try PackMaker().make(scratch.path("tree"), output: pack, compression: .gzip)
        try scratch.write("tree/a", "Hello\n", mode: 0o600)
        try scratch.write("tree/copy of a", "hello")
        try FileSystem.changeMode(scratch.path("tree/-dash"), to: 0o640)
        try FileSystem.remove(scratch.path("tree/empty"))
        try FileSystem.createDirectories(scratch.path("tree/empty"))
        try FileSystem.remove(scratch.path("tree/\u{e9}"))
        try FileSystem.remove(scratch.path("tree/sub/up"))
        try scratch.link("tree/sub/up", to: "../b")
        try scratch.write("tree/zz", "")
        let found = try PackMaker().compare(
            pack, with: scratch.path("tree"), scratch: scratch.path("x"))
        #expect(
            found.differences == [
                PackDifference(Array("-dash".utf8), .mode),
                PackDifference(Array("a".utf8), .content),
                PackDifference(Array("copy of a".utf8), .size),
                PackDifference(Array("empty".utf8), .kind),
                PackDifference(Array("sub/up".utf8), .target),
                PackDifference(Array("zz".utf8), .missing),
                PackDifference(Array("\u{e9}".utf8), .unexpected),
            ])
    }

    @Test func aDamagedPackIsFoundByReadingIt() throws {
        try scratch.python(
            "import random; random.seed(1); import os; os.makedirs('tree');"
                + "open('tree/a', 'wb').write(random.randbytes(300000))")
        let pack = scratch.path("out.sqfs")
        _ = try PackMaker().make(scratch.path("tree"), output: pack, compression: .zstd)
        var bytes = try FileSystem.read(pack)
        // In the middle of the file's content, which is kept uncompressed since it is random.
        bytes[150_000] ^= 1
        try FileSystem.writeAtomically(bytes, to: pack)
        let found = try PackMaker().compare(
            pack, with: scratch.path("tree"), scratch: scratch.path("x"))
        #expect(found.differences == [PackDifference(Array("a".utf8), .content)])
        // And one that is truncated.
        try FileSystem.writeAtomically(bytes[..<200_000], to: pack)
        #expect(throws: PackError.self) { try PackReader().content(of: pack) }
    }

    @Test func whatIsNoPackIsSaidToBeNone() throws {
        try scratch.write("text", "hello")
        for path in [scratch.path("text"), scratch.path("nothing"), scratch.root] {
            #expect(throws: PackError.notAPack(path)) { try PackReader().entries(of: path) }
        }
    }

    @Test func aPackWithoutFiles() throws {
        try FileSystem.createDirectories(scratch.path("tree/only/folders"))
        let pack = try PackMaker().make(
            scratch.path("tree"), output: scratch.path("out.sqfs"), compression: .xz)
        #expect(pack.counts.folders == 2)
        try FileSystem.createDirectories(scratch.path("bare"))
        let bare = try PackMaker().make(
            scratch.path("bare"), output: scratch.path("bare.sqfs"), compression: .xz)
        #expect(try PackReader().entries(of: bare.path) == [])
    }
}
