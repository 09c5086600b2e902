import Digests
import Failures
import Glibc
import Posix
import Processes
import Testing

@testable import Packs

@Suite struct PackMakerTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func make(
        _ source: String, _ output: String = "out.sqfs", _ compression: Compression = .xz
    ) throws -> PackMaker.Pack {
        try PackMaker().make(
            scratch.path(source), output: scratch.path(output), compression: compression)
    }

    @Test(arguments: Compression.allCases)
    func holdsWhatTheFolderHolds(compression: Compression) throws {
        try scratch.writeTree("tree")
        let pack = try make("tree", "out.sqfs", compression)
        #expect(pack.path == scratch.path("out.sqfs"))
        #expect(pack.counts.files == 11 && pack.counts.folders == 2 && pack.counts.links == 2)
        #expect(pack.counts.bytes == 640_040)
        #expect(try Digest.ofFile(pack.path) == pack.digest)
        let entries = try PackReader().entries(of: pack.path)
        #expect(entries.map(\.text).contains("new\nline"))
        #expect(
            entries.first { $0.text == "odd link" }?.kind
                == .link(target: Array("tar get\nfake D 0 755 0 0".utf8)))
        #expect(entries.first { $0.text == "a" }?.mode == 0o600)
        #expect(entries.first { $0.text == "sub/program" }?.mode == 0o755)
        // Nothing is left in the staging area.
        #expect(try scratch.names() == ["out.sqfs", "tree"])
        let found = try PackMaker().compare(
            pack.path, with: scratch.path("tree"), scratch: scratch.path("x"))
        #expect(found.differences == [])
        #expect(found.pack.entries == entries)
    }

    @Test func equalTreesGiveEqualBytes() throws {
        try scratch.writeTree("one")
        // Other times, another order on disk, files that share an inode.
        for name in try FileSystem.entries(of: scratch.path("one")).reversed()
        where name.kind == .file {
            let text = try FileSystem.readText(scratch.path("one/\(name.name)"))
            try scratch.write("two/\(name.name)", text, mode: name.name == "a" ? 0o600 : 0o644)
            try FileSystem.setTimes(scratch.path("two/\(name.name)"), modifiedNs: 1_000_000_000)
        }
        try FileSystem.createDirectories(scratch.path("two/hollow"))
        try FileSystem.createDirectories(scratch.path("two/sub"))
        try scratch.link("two/odd link", to: "tar get\nfake D 0 755 0 0")
        try scratch.link("two/sub/up", to: "../a")
        let big = try FileSystem.readText(scratch.path("one/sub/big"))
        try scratch.write("two/sub/big", big)
        try scratch.write("two/sub/program", "#!/bin/sh\n", mode: 0o755)
        let one = try make("one", "one.sqfs")
        #expect(try make("two", "two.sqfs").digest == one.digest)
        // And is not simply the same for all trees.
        try scratch.write("two/sub/big", big + "x")
        #expect(try make("two", "two.sqfs").digest != one.digest)
    }

    @Test func sharedInodesAreFilesOfTheirOwn() throws {
        try scratch.write("linked/a", "x")
        try FileSystem.link(scratch.path("linked/a"), at: scratch.path("linked/b"))
        try scratch.write("copied/a", "x")
        try scratch.write("copied/b", "x")
        #expect(
            try make("linked", "1.sqfs").digest == make("copied", "2.sqfs").digest)
    }

    @Test func allBelongsToRootAndNothingRunsWithItsRights() throws {
        try scratch.write("tree/program", "#!/bin/sh\n")
        if geteuid() == 0 { #expect(chown(scratch.path("tree/program"), 1234, 4321) == 0) }
        // After chown(2), which takes these bits away.
        try FileSystem.changeMode(scratch.path("tree/program"), to: 0o6755)
        let pack = try make("tree")
        #expect(try PackReader().entries(of: pack.path).map(\.mode) == [0o755])
        let list = try ProcessRunner.run(SquashfsTools.longList(pack.path))
        let lines = list.standardOutputText.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.contains(" 0/0 ") })
    }

    @Test func replacesAnOlderPackAndNothingElse() throws {
        try scratch.write("tree/a", "1")
        let first = try make("tree")
        try scratch.write("tree/a", "2")
        #expect(try make("tree").digest != first.digest)
        try scratch.write("table.csv", "precious")
        #expect(throws: PackError.outputIsNoPack(scratch.path("table.csv"))) {
            try make("tree", "table.csv")
        }
        #expect(try FileSystem.readText(scratch.path("table.csv")) == "precious")
        #expect(throws: PackError.outputIsNoPack(scratch.path("tree"))) {
            try make("tree", "tree")
        }
    }

    @Test func refusesWhatAPackCannotHold() throws {
        try scratch.python(
            "import os; os.makedirs('pipe'); os.mkfifo('pipe/p'); os.makedirs('name');"
                + "open(b'name/bad\\xff', 'w')")
        #expect(throws: PackError.unsupportedKind(scratch.path("pipe/p"))) { try make("pipe") }
        #expect(throws: PackError.nameNotUTF8(scratch.path("name/bad\u{FFFD}"))) {
            try make("name")
        }
        #expect(throws: PackError.sourceMissing(scratch.path("nothing"))) { try make("nothing") }
        try scratch.write("file.txt", "")
        #expect(throws: PackError.unsupportedSource(scratch.path("file.txt"))) {
            try make("file.txt")
        }
        #expect(throws: PackError.outputInsideSource(scratch.path("pipe/out.sqfs"))) {
            try make("pipe", "pipe/out.sqfs")
        }
        #expect(try scratch.names() == ["file.txt", "name", "pipe"])
    }

    @Test func goesOnAfterAKilledRunAndNeverBesideAnother() throws {
        try scratch.write("tree/a", "1")
        let aside: String
        do {
            let place = try PackPlace(scratch.path("out.sqfs"))
            aside = place.aside
            #expect(throws: PackError.busy(scratch.path("out.sqfs"))) { try make("tree") }
        }
        // As after a kill: the file is there, the lock is not.
        try FileSystem.writeAtomically(Array("half a pack".utf8), to: aside)
        try FileSystem.createDirectories("\(aside)-content-1/old")
        // Its mksquashfs lives on, and goes on writing.
        let orphan = try Descriptors.open(aside, .append)
        defer { Descriptors.close(orphan) }
        let pack = try make("tree")
        try Descriptors.write(Array("more".utf8), to: orphan)
        #expect(try Digest.ofFile(scratch.path("out.sqfs")) == pack.digest)
        #expect(try PackReader().entries(of: scratch.path("out.sqfs")).map(\.text) == ["a"])
        #expect(try scratch.names() == ["out.sqfs", "tree"])
    }

    @Test func aCancelledRunLeavesNothing() throws {
        try scratch.write("tree/a", "1")
        let cancel = Cancellation()
        cancel.cancel()
        let error = #expect(throws: PackError.self) {
            try PackMaker(cancel: cancel).make(
                scratch.path("tree"), output: scratch.path("out.sqfs"), compression: .gzip)
        }
        #expect(error?.failure.code == "interrupted")
        #expect(try scratch.names() == ["tree"])
    }
}
