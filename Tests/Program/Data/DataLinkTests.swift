import Glibc
import Posix
import Processes
import Testing

/// `pipeline data link`, outside of any project.
@Suite struct DataLinkTests {
    private let scratch: DataScratch

    init() throws {
        scratch = try DataScratch()
        try scratch.write("source/home/f", "remote")
        try FileSystem.createDirectories(scratch.path("target"))
    }

    private struct Report: Decodable {
        struct Action: Decodable, Equatable {
            let action: String
            let path: String
        }
        struct Conflict: Decodable, Equatable {
            let conflict: String
            let path: String
        }
        let dryRun: Bool
        let upToDate: Int
        let actions: [Action]
        let conflicts: [Conflict]
        let emptied: [String]
    }

    private func link(_ options: String...) throws -> (Report, ProcessExit) {
        let output = try ProcessRunner.run(
            ProcessCommand(
                [UnitProject.tool, "data", "link", "source", "target", "--json"] + options,
                directory: scratch.root))
        return (try scratch.decode(Report.self, output), output.exit)
    }

    private static let actions: [Report.Action] = [
        .init(action: "folder", path: "home"), .init(action: "link", path: "home/f"),
    ]

    @Test func aDryRunTouchesNothing() throws {
        let (report, exit) = try link("--dry-run")
        #expect(report.dryRun && report.actions == Self.actions && exit == .exited(0))
        #expect(try scratch.names("target") == [])
    }

    @Test func appliedTwice() throws {
        let (first, exit) = try link("--apply")
        #expect(!first.dryRun && first.actions == Self.actions && exit == .exited(0))
        #expect(
            try FileSystem.readLink(scratch.path("target/home/f"))
                == scratch.path("source/home/f"))
        let (second, _) = try link("--apply")
        #expect(second.actions == [] && second.upToDate == 1)
    }

    @Test func realFilesAndRefusals() throws {
        try scratch.write("target/home/f", "own")
        let (kept, exit) = try link("--apply")
        #expect(kept.conflicts == [.init(conflict: "kept", path: "home/f")])
        #expect(exit == .exited(0))
        #expect(try FileSystem.readText(scratch.path("target/home/f")) == "own")
        #expect(try link("--apply", "--replace").1 == .exited(0))
        #expect(try FileSystem.readText(scratch.path("target/home/f")) == "remote")
        try FileSystem.removeTree(scratch.path("target/home"))
        try FileSystem.createDirectories(scratch.path("outside"))
        try FileSystem.symbolicLink(to: scratch.path("outside"), at: scratch.path("target/home"))
        let (refused, failure) = try link("--apply", "--replace")
        #expect(refused.conflicts == [.init(conflict: "refused", path: "home")])
        #expect(failure == .exited(1))
        #expect(try scratch.names("outside") == [])
    }

    @Test func aSourceThatIsNotMountedRemovesNothing() throws {
        for number in 0..<30 { try scratch.write("source/f\(number)", "") }
        #expect(try link("--apply").1 == .exited(0))
        try FileSystem.rename(scratch.path("source"), to: scratch.path("away"))
        try FileSystem.createDirectories(scratch.path("source"))
        let refused = try scratch.data("link", "source", "target", "--apply")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText
                == """
                error[link-removal-storm]: 31 of 31 links into the source would be removed, more than 20
                  next: check that the source is mounted and whole; if this is meant, run the same command again \
                with --max-delete 31
                        pipeline data link source target --apply --max-delete 31

                """)
        #expect(try scratch.names("target").count == 31)
        let (report, exit) = try link("--apply", "--max-delete", "31")
        #expect(exit == .exited(0) && report.emptied == ["home"])
        #expect(try scratch.names("target") == ["home"])
    }

    @Test(.enabled(if: geteuid() == 0)) func rootActsWithoutBeingTold() throws {
        #expect(chown(scratch.path("source/home"), 1234, 4321) == 0)
        #expect(try link().1 == .exited(0))
        var status = stat()
        #expect(stat(scratch.path("target/home"), &status) == 0)
        #expect(status.st_uid == 1234 && status.st_gid == 4321)
    }

    @Test(.enabled("the program can be run by another user", { Self.asOther != nil }))
    func withoutRootItIsADryRunUnlessTold() throws {
        let wrapper = try #require(Self.asOther)
        #expect(chmod(scratch.path("target"), 0o777) == 0)
        let dry = try scratch.data("link", "source", "target", by: wrapper)
        #expect(dry.exit == .exited(0))
        #expect(dry.standardOutputText == "folder    home\nlink      home/f\n")
        #expect(
            dry.standardErrorText == """
                dry run: 2 changes to make; links that were right already: 0
                only root can set the owners of folders: run this as root, or give --apply

                """)
        #expect(try scratch.names("target") == [])
        let applied = try scratch.data("link", "source", "target", "--apply", by: wrapper)
        #expect(applied.exit == .exited(0))
        #expect(try scratch.names("target/home") == ["f"])
    }

    /// What a command line begins with to be run without root's rights; nil where that cannot be done.
    private static let asOther: [String]? = {
        guard geteuid() == 0 else { return [] }
        let wrapper = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        let output = try? ProcessRunner.run(
            ProcessCommand(wrapper + [UnitProject.tool, "--version"], directory: "/tmp"))
        return output?.exit.isSuccess == true ? wrapper : nil
    }()
}
