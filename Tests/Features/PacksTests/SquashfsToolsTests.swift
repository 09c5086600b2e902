import Processes
import Testing

@testable import Packs

@Suite struct SquashfsToolsTests {
    @Test func make() {
        let command = SquashfsTools.make(
            folder: "/source", output: "/out", compression: .zstd, time: 7)
        #expect(
            command.arguments == [
                "mksquashfs", "/source", "/out", "-noappend", "-comp", "zstd",
                "-all-root", "-root-mode", "755", "-no-xattrs", "-no-hardlinks",
                "-reproducible", "-mkfs-time", "7", "-all-time", "7",
                "-action", "chmod(ug-s)@true",
                "-exit-on-error", "-no-recovery", "-no-progress", "-quiet",
            ])
        #expect(command.environment == ["SOURCE_DATE_EPOCH": nil, "LC_ALL": "C.UTF-8"])
    }

    @Test func list() {
        #expect(
            SquashfsTools.pseudoFile("/a pack").arguments == [
                "unsquashfs", "-quiet", "-no-progress", "-pf", "/dev/stdout", "/a pack",
            ])
        #expect(
            SquashfsTools.longList("/a pack").arguments == [
                "unsquashfs", "-quiet", "-no-progress", "-UTC", "-lln", "/a pack",
            ])
    }

    @Test func unpack() {
        #expect(
            Archive.command(archive: "/a.zip", folder: "/f").arguments == [
                "python3", "-I", "-X", "utf8", "-", "/a.zip", "/f",
            ])
    }

    @Test(arguments: [
        ("data.tar", "data"), ("data.TAR.GZ", "data"), ("data.tgz", "data"), ("a.b.tar.xz", "a.b"),
        ("data.zip", "data"), ("data.tar.bz2", nil), (".zip", nil), ("data", nil),
    ]) func archivesByName(name: String, stem: String?) {
        #expect(Archive.stem(of: name) == stem)
    }

    @Test(arguments: [
        ("/some/genomes", "genomes.sqfs"), ("genomes/", "genomes.sqfs"),
        ("../my-tarball.tar.gz", "my-tarball.sqfs"), ("a.b", "a.b.sqfs"),
    ]) func defaultName(source: String, name: String) {
        #expect(PackMaker.defaultName(for: source) == name)
    }
}
