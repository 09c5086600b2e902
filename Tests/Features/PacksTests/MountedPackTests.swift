import Glibc
import Posix
import Processes
import Testing

@testable import Packs

/// Linux itself reads the packs, where this process may mount.
@Suite struct MountedPackTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(.enabled("this process may mount packs", { Self.canMount }))
    func theKernelSeesWhatTheFolderHolds() throws {
        try scratch.writeTree("tree")
        let pack = try PackMaker().make(
            scratch.path("tree"), output: scratch.path("out.sqfs"), compression: .xz)
        let place = scratch.path("mounted")
        #expect(try Self.mount(pack.path, at: place))
        defer { _ = try? Self.run("umount", place) }
        let mounted = try SourceTree.content(of: place) { false }
        let tree = try SourceTree.content(of: scratch.path("tree")) { false }
        #expect(tree.differences(in: mounted) == [])
        var status = stat()
        #expect(stat(place, &status) == 0 && status.st_mode & 0o7777 == 0o755)
        #expect(
            stat("\(place)/a", &status) == 0 && status.st_uid == 0 && status.st_mtim.tv_sec == 0)
    }

    private static func mount(_ pack: String, at place: String) throws -> Bool {
        try FileSystem.createDirectories(place)
        return try run("mount", "-o", "loop,ro,nosuid,nodev", pack, place)
    }

    private static func run(_ words: String...) throws -> Bool {
        try ProcessRunner.run(ProcessCommand(words), timeout: 60).exit.isSuccess
    }

    /// Not without root, nor in a container without loop devices.
    private static let canMount: Bool = {
        guard let scratch = try? Scratch() else { return false }
        let pack = scratch.path("pack")
        let place = scratch.path("place")
        guard (try? scratch.write("tree/a", "a")) != nil,
            (try? run(
                "mksquashfs", scratch.path("tree"), pack, "-quiet", "-no-progress")) == true,
            (try? mount(pack, at: place)) == true
        else { return false }
        return (try? run("umount", place)) == true
    }()
}
