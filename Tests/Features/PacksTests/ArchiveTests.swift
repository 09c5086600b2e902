import Posix
import Testing

@testable import Packs

@Suite struct ArchiveTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Adds members to `bad.tar`: a name, a type of tarfile, a target.
    private func tar(_ members: [(name: String, type: String, target: String)]) throws {
        let lines = members.map { member in
            "i = tarfile.TarInfo('\(member.name)'); i.type = tarfile.\(member.type); "
                + "i.linkname = '\(member.target)'; i.size = 1 if i.isreg() else 0; "
                + "t.addfile(i, io.BytesIO(b'x'))"
        }
        try scratch.python(
            "import io, tarfile\nt = tarfile.open('bad.tar', 'w')\n"
                + lines.joined(separator: "\n") + "\nt.close()")
    }

    private func make(_ archive: String) throws -> PackMaker.Pack {
        try PackMaker().make(
            scratch.path(archive), output: scratch.path("\(archive).sqfs"), compression: .gzip)
    }

    @Test(arguments: ["tar", "tar.gz", "tgz", "tar.xz", "zip"])
    func holdWhatTheFolderHolds(suffix: String) throws {
        try scratch.writeTree("tree")
        try FileSystem.changeMode(scratch.path("tree/sub"), to: 0o750)
        let expected = try PackMaker().make(
            scratch.path("tree"), output: scratch.path("tree.sqfs"), compression: .gzip)
        let script =
            suffix == "zip"
            ? """
            import os, zipfile
            z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)
            for top, folders, files in os.walk('tree'):
                for name in folders + files:
                    path = os.path.join(top, name)
                    if os.path.islink(path):
                        info = zipfile.ZipInfo(path)
                        info.create_system, info.external_attr = 3, 0o120777 << 16
                        z.writestr(info, os.readlink(path))
                    else:
                        z.write(path)
            z.close()
            """
            : """
            import tarfile
            t = tarfile.open('a.\(suffix)', 'w:\(suffix.split(separator: ".").last ?? "")'
                             .replace('tgz', 'gz').replace(':tar', ':'))
            t.add('tree')
            t.close()
            """
        try scratch.python(script)
        let pack = try make("a.\(suffix)")
        #expect(pack.digest == expected.digest)
        #expect(pack.counts == expected.counts)
        #expect(try scratch.names() == ["a.\(suffix)", "a.\(suffix).sqfs", "tree", "tree.sqfs"])
        let found = try PackMaker().compare(
            pack.path, with: scratch.path("a.\(suffix)"), scratch: scratch.path("x"))
        #expect(found.differences == [])
    }

    @Test func severalThingsAtTheTopStayThere() throws {
        try tar([("./a", "REGTYPE", ""), ("b/c", "REGTYPE", ""), ("h", "LNKTYPE", "b/c")])
        let pack = try make("bad.tar")
        #expect(
            try PackReader().entries(of: pack.path).map(\.text) == ["a", "b", "b/c", "h"])
        #expect(pack.counts.bytes == 3)
    }

    @Test(arguments: [
        ([("/etc/x", "REGTYPE", "")], ArchiveRefusal.absolute, "/etc/x"),
        ([("../x", "REGTYPE", "")], .dots, "../x"),
        ([("a/../../x", "REGTYPE", "")], .dots, "a/../../x"),
        ([("l", "SYMTYPE", "/etc/passwd")], .outside, "l"),
        ([("a/l", "SYMTYPE", "../../x")], .outside, "a/l"),
        ([("d", "SYMTYPE", "."), ("l", "SYMTYPE", "d/../../x")], .outside, "l"),
        ([("d", "SYMTYPE", "e"), ("d/x", "REGTYPE", "")], .parent, "d/x"),
        ([("f", "REGTYPE", ""), ("f/x", "REGTYPE", "")], .parent, "f/x"),
        ([("h", "LNKTYPE", "../../etc/passwd")], .outside, "h"),
        ([("h", "LNKTYPE", "nothing")], .outside, "h"),
        ([("p", "FIFOTYPE", "")], .kind, "p"),
        ([("n", "CHRTYPE", "")], .kind, "n"),
        ([("bad\\udcff", "REGTYPE", "")], .name, "bad\u{FFFD}"),
    ]) func refused(
        members: [(String, String, String)], reason: ArchiveRefusal, member: String
    ) throws {
        try tar([("first", "REGTYPE", "")] + members.map { ($0.0, $0.1, $0.2) })
        let archive = scratch.path("bad.tar")
        #expect(
            throws: PackError.archiveRefused(archive: archive, member: member, reason)
        ) { try make("bad.tar") }
        #expect(try scratch.names() == ["bad.tar"])
    }

    @Test func aChainOfLinksThatLeadsOutIsRefused() throws {
        // By their names both stay inside.
        try tar([
            ("one/two/top", "SYMTYPE", "../.."), ("out", "SYMTYPE", "one/two/top/../x"),
        ])
        #expect(
            throws: PackError.archiveRefused(
                archive: scratch.path("bad.tar"), member: "out", .outside)
        ) { try make("bad.tar") }
    }

    @Test(arguments: ["../x", "/x"]) func refusedInAZip(name: String) throws {
        try scratch.python(
            "import zipfile; z = zipfile.ZipFile('bad.zip', 'w'); z.writestr('\(name)', 'x');"
                + "z.close()")
        #expect(
            throws: PackError.archiveRefused(
                archive: scratch.path("bad.zip"), member: name, name == "/x" ? .absolute : .dots)
        ) { try make("bad.zip") }
    }

    @Test(arguments: ["cut.tar.gz", "cut.tar.xz", "cut.zip", "cut.tar"])
    func damaged(name: String) throws {
        try scratch.python(
            """
            import random, tarfile, zipfile, os, io
            random.seed(1)
            data = random.randbytes(100000)
            name = '\(name)'
            if name.endswith('.zip'):
                z = zipfile.ZipFile(name, 'w'); z.writestr('a', data); z.close()
            else:
                kind = name.split('.')[-1].replace('tar', '')
                t = tarfile.open(name, 'w:' + kind)
                i = tarfile.TarInfo('a'); i.size = len(data); t.addfile(i, io.BytesIO(data))
                t.close()
            os.truncate(name, 60000)
            """)
        #expect {
            try make(name)
        } throws: { error in
            guard case .archiveDamaged(scratch.path(name), _) = error as? PackError else {
                return false
            }
            return true
        }
        #expect(try scratch.names() == [name])
    }

    @Test func aWrongChecksumAtTheVeryEndIsDamageToo() throws {
        try scratch.writeTree("tree")
        try scratch.python(
            """
            import tarfile
            t = tarfile.open('a.tar.gz', 'w:gz'); t.add('tree'); t.close()
            data = bytearray(open('a.tar.gz', 'rb').read())
            data[-8] ^= 1
            open('a.tar.gz', 'wb').write(data)
            """)
        #expect {
            try make("a.tar.gz")
        } throws: { error in
            guard case .archiveDamaged(scratch.path("a.tar.gz"), _) = error as? PackError else {
                return false
            }
            return true
        }
    }
}
