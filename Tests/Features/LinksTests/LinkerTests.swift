import Glibc
import Posix
import Testing

@testable import Links

@Suite struct LinkerTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func mirrorsFilesByLinksAndTwiceChangesNothing() throws {
        try scratch.write("source/home/course/genome.fa")
        try scratch.write("source/home/course/new\nline")
        try scratch.write("source/opt/tool/-x")
        try FileSystem.createDirectories(scratch.path("source/hollow"))
        try FileSystem.createDirectories(scratch.path("target/opt"))
        try scratch.write("target/opt/mine", "own")
        let first = try scratch.run()
        #expect(first.result.failures.isEmpty && first.result.done == 7)
        let expected = [
            "home": "folder", "home/course": "folder", "hollow": "folder", "opt": "folder",
            "opt/tool": "folder", "opt/mine": "own",
            "home/course/genome.fa": "→ \(scratch.source)/home/course/genome.fa",
            "home/course/new\nline": "→ \(scratch.source)/home/course/new\nline",
            "opt/tool/-x": "→ \(scratch.source)/opt/tool/-x",
        ]
        #expect(try scratch.tree("target") == expected)
        let second = try scratch.run()
        #expect(second.plan.actions == [] && second.plan.upToDate == 3)
        #expect(try scratch.tree("target") == expected)
    }

    @Test func foldersGetModeAndOwnerOfTheSource() throws {
        try scratch.write("source/team/data/f")
        let isRoot = Scratch.isRoot
        if isRoot { #expect(chown(scratch.path("source/team"), 1234, 4321) == 0) }
        // After chown(2), which takes the bit for the group away.
        try FileSystem.changeMode(scratch.path("source/team"), to: 0o2751)
        try FileSystem.createDirectories(scratch.path("source/there"), mode: 0o700)
        try FileSystem.createDirectories(scratch.path("target/there"), mode: 0o755)
        try scratch.run()
        let made = try scratch.rights("target/team")
        #expect(made.mode == 0o2751)
        #expect(made == (try scratch.rights("source/team")))
        #expect(made.owner == (isRoot ? 1234 : geteuid()))
        // One that was there already stays as it was.
        #expect(try scratch.rights("target/there").mode == 0o755)
    }

    @Test func realFilesGiveWayOnlyWhenTold() throws {
        try scratch.write("source/a", "remote")
        try scratch.write("source/b", "remote")
        try scratch.write("target/a", "own")
        try scratch.link("target/b", to: "/elsewhere")
        let kept = try scratch.run()
        #expect(kept.plan.actions == [])
        #expect(try scratch.tree("target") == ["a": "own", "b": "→ /elsewhere"])
        try scratch.run(replace: true)
        #expect(
            try scratch.tree("target") == [
                "a": "→ \(scratch.source)/a", "b": "→ \(scratch.source)/b",
            ])
    }

    @Test func linksWhoseFileIsGoneAreRemovedAndNoOthers() throws {
        try scratch.write("source/d/gone")
        try scratch.write("source/d/stays")
        try scratch.run()
        try scratch.link("target/elsewhere", to: "/no/such/file")
        try scratch.link("target/relative", to: "nothing")
        try FileSystem.createDirectories(scratch.path("target/by hand"))
        try scratch.link("target/by hand/old", to: "\(scratch.source)/renamed/away")
        try FileSystem.remove(scratch.path("source/d/gone"))
        let (plan, result) = try scratch.run()
        #expect(plan.removals == 2 && result.failures.isEmpty)
        #expect(result.emptied == [bytes("by hand")])
        #expect(
            try scratch.tree("target") == [
                "d": "folder", "d/stays": "→ \(scratch.source)/d/stays", "by hand": "folder",
                "elsewhere": "→ /no/such/file", "relative": "→ nothing",
            ])
    }

    @Test func aFileThatMovedIsLinkedAnew() throws {
        try scratch.write("source/a")
        try scratch.link("target/a", to: "\(scratch.source)/old/a")
        #expect(try scratch.run().plan.actions.count == 1)
        #expect(try scratch.readLink("target/a") == "\(scratch.source)/a")
    }

    @Test func neverThroughALinkOutOfTheTarget() throws {
        try scratch.write("source/lib/f")
        try FileSystem.createDirectories(scratch.path("outside"))
        try scratch.link("target/lib", to: scratch.path("outside"))
        let (plan, _) = try scratch.run(replace: true)
        #expect(plan.conflicts.map(\.isRefusal) == [true])
        #expect(try scratch.tree("outside") == [:])
        #expect(try scratch.readLink("target/lib") == scratch.path("outside"))
    }

    @Test func aLinkPutInPlaceAfterThePlanDoesNotLeadOut() throws {
        try scratch.write("source/d/f")
        try FileSystem.createDirectories(scratch.path("target/d"))
        try FileSystem.createDirectories(scratch.path("outside"))
        let linker = try Linker.look(source: scratch.source, target: scratch.target)
        let plan = LinkPlan(source: linker.source, target: linker.target, replace: true)
        try FileSystem.removeDirectory(scratch.path("target/d"))
        try scratch.link("target/d", to: scratch.path("outside"))
        let result = try linker.apply(plan)
        #expect(result.done == 0 && result.failures.map(\.path) == [bytes("d/f")])
        #expect(try scratch.tree("outside") == [:])
    }

    @Test func whatChangedAfterThePlanIsLeft() throws {
        try scratch.write("source/file")
        try scratch.write("source/link")
        try scratch.write("source/new")
        try scratch.link("target/link", to: "\(scratch.source)/old")
        try scratch.write("target/file", "own")
        let linker = try Linker.look(source: scratch.source, target: scratch.target)
        let plan = LinkPlan(source: linker.source, target: linker.target, replace: true)
        try FileSystem.remove(scratch.path("target/file"))
        try FileSystem.createDirectories(scratch.path("target/file"))
        try scratch.write("target/link", "written meanwhile")
        try scratch.write("target/new", "written meanwhile")
        let result = try linker.apply(plan)
        #expect(result.done == 0)
        #expect(Set(result.failures.map(\.error.code)) == [EEXIST])
        #expect(
            try scratch.tree("target") == [
                "file": "folder", "link": "written meanwhile", "new": "written meanwhile",
            ])
    }

    @Test func whatAKilledRunLeftIsCleared() throws {
        try scratch.write("source/d/f")
        try FileSystem.createDirectories(scratch.path("target/d/.pipeline-aside-link-a-1"))
        try scratch.link("target/d/.pipeline-aside-link-a-2", to: "\(scratch.source)/d/f")
        try scratch.run()
        #expect(
            try scratch.tree("target") == ["d": "folder", "d/f": "→ \(scratch.source)/d/f"])
    }

    @Test func stoppedAnywhereTheSameAgainFinishes() throws {
        for number in 0..<4 { try scratch.write("source/d\(number)/f") }
        let linker = try Linker.look(source: scratch.source, target: scratch.target)
        let plan = LinkPlan(source: linker.source, target: linker.target, replace: false)
        var left = 3
        let result = try linker.apply(plan) {
            left -= 1
            return left < 0
        }
        #expect(result.wasInterrupted && result.done == 3)
        #expect(try scratch.run().result.done == 5)
        #expect(try scratch.run().plan.upToDate == 4)
    }

    @Test func sourcesThatGetNoLink() throws {
        try scratch.write("source/real/f")
        try scratch.link("source/folder", to: "real")
        try scratch.link("source/gone", to: "nothing")
        try scratch.link("source/file", to: "real/f")
        #expect(mkfifo(scratch.path("source/pipe"), 0o600) == 0)
        let (plan, _) = try scratch.run()
        #expect(
            plan.conflicts == [
                .init(path: bytes("folder"), reason: .skipped(.linkToFolder)),
                .init(path: bytes("gone"), reason: .skipped(.danglingLink)),
                .init(path: bytes("pipe"), reason: .skipped(.special)),
            ])
        #expect(try scratch.readLink("target/file") == "\(scratch.source)/file")
    }

    @Test func theSourceMayLieInTheTargetAndNotTheOtherWayRound() throws {
        try scratch.write("source/a/f")
        let linker = try Linker.look(source: scratch.source, target: scratch.root)
        let plan = LinkPlan(source: linker.source, target: linker.target, replace: false)
        #expect(try linker.apply(plan).done == 2)
        #expect(try scratch.readLink("a/f") == "\(scratch.source)/a/f")
        #expect(
            throws: LinkError.targetInsideSource(
                source: scratch.source, target: "\(scratch.source)/a")
        ) { try Linker.look(source: scratch.source, target: "\(scratch.source)/a") }
        #expect(
            throws: LinkError.targetInsideSource(source: scratch.source, target: scratch.source)
        ) { try Linker.look(source: scratch.source, target: scratch.source) }
        #expect(throws: LinkError.noFolder("\(scratch.root)/nothing")) {
            try Linker.look(source: "\(scratch.root)/nothing", target: scratch.target)
        }
    }
}
