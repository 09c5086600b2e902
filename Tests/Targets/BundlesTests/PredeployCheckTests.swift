import Digests
import Posix
import Processes
import Testing

@testable import Bundles

/// Runs the generated hook as Beanstalk does: unpacked, from the folder of the bundle.
@Suite struct PredeployCheckTests {
    let scratch: Scratch
    private let pickle = "import os"

    init() throws {
        scratch = try Scratch()
        try mark(manifest: Digest.of("manifest").hex)
        try scratch.write(pickle, to: "slot/compiled/a.pkl")
        try scratch.write(pickle, to: "slot/odd \\ name\n.pickle")
        try scratch.write("table", to: "slot/table.feather")
    }

    private func mark(manifest: String) throws {
        try scratch.write(
            """
            {
              "bytes" : 22,
              "environment" : "beta",
              "files" : 3,
              "generation" : 2,
              "manifest" : "\(manifest)",
              "project" : "the \\"manifest\\" : x",
              "release" : 5,
              "written_at" : "2026-01-01T00:00:00Z"
            }

            """, to: "slot/.pipeline-release.json")
    }

    private func settings(
        _ change: (inout BundleSettings) -> Void = { _ in }
    ) -> BundleSettings {
        .example(hostFolder: scratch.path("slot")) { settings in
            settings.mountPatience = 0
            settings.files = [
                .init(path: "compiled/a.pkl", digest: Digest.of(pickle)),
                .init(path: "odd \\ name\n.pickle", digest: Digest.of(pickle)),
                .init(path: "table.feather", digest: Digest.of("table")),
            ]
            change(&settings)
        }
    }

    private func check(
        _ settings: BundleSettings, in world: HookWorld = .python, hook: Int = 0,
        onLine: ((ProcessRunner.Stream, String) -> Void)? = nil
    ) throws -> HookRun.Result {
        try HookRun(scratch).check(settings, in: world, hook: hook, onLine: onLine)
    }

    @Test(arguments: HookWorld.allCases)
    func letsItsOwnDataPass(world: HookWorld) throws {
        for hook in [0, 1] {
            let result = try check(settings(), in: world, hook: hook)
            #expect(result.exit == .exited(0), "\(result.error)")
            #expect(result.log.contains("[INFO] pipeline: release 7: the slot"))
        }
        let full = try check(settings { $0.verification = .full }, in: world)
        #expect(full.exit == .exited(0), "\(full.error)")
    }

    @Test func theUnpackedBundleChecksItsSlot() throws {
        let plan = try Bundle.plan(settings(), folder: ExampleSite.folder)
        let zip = try plan.write(to: scratch.path("bundle.zip"))
        #expect(try scratch.run(["unzip", "-q", zip.path, "-d", "app"]).exit.isSuccess)
        for hook in GeneratedPath.checks {
            let passed = try scratch.run([hook], in: "app")
            #expect(passed.exit == .exited(0), "\(passed.standardErrorText)")
        }
        try scratch.write("import sys", to: "slot/compiled/a.pkl")
        for hook in GeneratedPath.checks {
            #expect(try scratch.run([hook], in: "app").exit == .exited(1))
        }
    }

    @Test(arguments: HookWorld.allCases)
    func refusesAnotherManifest(world: HookWorld) throws {
        let other = Digest.of("other").hex
        try mark(manifest: other)
        let result = try check(settings(), in: world)
        #expect(result.exit == .exited(1))
        let text = "holds the data manifest \(other), and this release needs"
        #expect(result.error.contains("pipeline: release 7 is not started: the slot"))
        #expect(result.error.contains(text) && result.log.contains(text))
        #expect(result.log.contains(" [ERROR] pipeline: "))
    }

    @Test(arguments: HookWorld.allCases)
    func refusesASlotThatIsBeingFilled(world: HookWorld) throws {
        try scratch.write("token", to: "slot/.pipeline-filling")
        let marked = try check(settings(), in: world)
        #expect(marked.exit == .exited(1))
        #expect(marked.error.contains("is being filled"))
        try FileSystem.remove(scratch.path("slot/.pipeline-release.json"))
        // However long it may wait for a mount: a filling is no reason to.
        let result = try check(settings { $0.mountPatience = 3600 }, in: world)
        #expect(result.exit == .exited(1))
        #expect(result.error.contains("is being filled"))
    }

    @Test(arguments: HookWorld.allCases)
    func refusesWhatHasNoMarker(world: HookWorld) throws {
        try FileSystem.remove(scratch.path("slot/.pipeline-release.json"))
        let unmarked = try check(settings(), in: world)
        #expect(unmarked.exit == .exited(1))
        #expect(unmarked.error.contains("has no marker"))
        try FileSystem.removeTree(scratch.path("slot"))
        let missing = try check(settings(), in: world)
        #expect(missing.exit == .exited(1))
        #expect(missing.error.contains("is the file system mounted"))
    }

    @Test(arguments: HookWorld.allCases)
    func refusesADamagedMarker(world: HookWorld) throws {
        let good = Digest.of("manifest").hex
        for text in [
            "", "{", "{}", "null", "{\n  \"manifest\" : 7\n}\n", "[\"\(good)\"]\n",
            "{\n  \"manifest\" : \"\(good)\",\n  \"manif", "{\n  \"manifest\" : \"\(good)\\n\"\n}",
            "{\n  \"manifest\" : \"sha256\"\n}\n",
        ] {
            try scratch.write(text, to: "slot/.pipeline-release.json")
            let result = try check(settings(), in: world)
            #expect(result.exit == .exited(1), "\(text)")
            #expect(result.error.contains("is damaged"), "\(text): \(result.error)")
        }
    }

    @Test func waitsForTheMount() throws {
        let slot = scratch.path("slot")
        let away = scratch.path("away")
        try FileSystem.rename(slot, to: away)
        var failure: (any Error)?
        let result = try check(settings { $0.mountPatience = 3600 }) { _, line in
            guard line.contains("waiting up to 3600 s") else { return }
            do { try FileSystem.rename(away, to: slot) } catch { failure = error }
        }
        #expect(failure == nil)
        #expect(result.exit == .exited(0), "\(result.error)")
    }

    @Test func refusesPicklesThatAreNotTheManifests() throws {
        try scratch.write("import sys", to: "slot/compiled/a.pkl")
        let altered = try check(settings())
        #expect(altered.exit == .exited(1))
        #expect(altered.error.contains("./compiled/a.pkl: FAILED"), "\(altered.error)")
        try FileSystem.remove(scratch.path("slot/compiled/a.pkl"))
        #expect(try check(settings()).exit == .exited(1))
        // Nothing but the marker was asked for.
        #expect(try check(settings { $0.verification = .marker }).exit == .exited(0))
    }

    @Test func refusesPicklesThatAreNotInTheManifest() throws {
        try scratch.write("import sys", to: "slot/new\nname.pkl")
        let added = try check(settings())
        #expect(added.exit == .exited(1))
        #expect(added.error.contains("holds 3 pickles, and the manifest has 2"), "\(added.error)")
        try FileSystem.remove(scratch.path("slot/new\nname.pkl"))
        try FileSystem.symbolicLink(to: "/dev/null", at: scratch.path("slot/link.pkl"))
        let linked = try check(settings())
        #expect(linked.exit == .exited(1))
        #expect(linked.error.contains("is a link"))
        // Also where the manifest has none, and so nothing is compared.
        let none = try check(settings { $0.files = [] })
        #expect(none.exit == .exited(1))
    }

    @Test func otherFilesAreComparedWhenAskedFor() throws {
        try scratch.write("tablf", to: "slot/table.feather")
        #expect(try check(settings()).exit == .exited(0))
        let full = try check(settings { $0.verification = .full })
        #expect(full.exit == .exited(1))
        #expect(full.error.contains("./table.feather: FAILED"))
    }

    @Test func refusesWithoutItsList() throws {
        let settings = settings()
        #expect(try check(settings).exit == .exited(0))
        let path = scratch.path("app/.pipeline/pickles.sha256")
        let hook = scratch.path("app/.platform/hooks/predeploy/zz_pipeline_check.sh")
        for text in ["", "\(Digest.of(pickle).hex)  ./compiled/a.pkl\n"] {
            try FileSystem.writeAtomically(Array(text.utf8), to: path)
            #expect(try scratch.run([hook]).exit == .exited(1))
        }
        try FileSystem.remove(path)
        #expect(try scratch.run([hook]).exit == .exited(1))
    }

    @Test(.enabled(if: Program.isInstalled("shellcheck")))
    func shellcheckFindsNothing() throws {
        let plan = try Bundle.plan(settings(), folder: scratch.path("slot"))
        for path in plan.entries.map(\.path).filter({ $0.hasSuffix(".sh") }) {
            try scratch.write(plan.text(path) ?? "", to: "check.sh")
            let output = try scratch.run(["shellcheck", "check.sh"])
            #expect(output.exit.isSuccess, "\(path): \(output.standardOutputText)")
        }
    }

    @Test func wordsOfTheShellStandForThemselves() throws {
        let text = "it's $HOME `id` \"q\" \\ \n\t!* é"
        let output = try scratch.run([
            "bash", "-c", "printf %s \(ShellText.quoted(text))",
        ])
        #expect(output.standardOutputText == text)
    }
}
