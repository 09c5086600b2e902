import PipelineLedger
import Posix
import Processes
import Testing

/// An environment whose lock lies in an archive, where several clones change it or the archive does not answer.
struct TeamLockTests {
    /// Two releases: clone `a` knows the first alone.
    private static func released() throws -> (
        team: TeamProject, a: TeamProject.Clone, b: TeamProject.Clone
    ) {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try b.write("two\n")
        #expect(try b.pipeline("run", "deploy").exit == .exited(0))
        return (team, a, b)
    }

    @Test(
        "D85: up and restart put no older release back over a colleague's newer one that they have not read of"
    )
    func unread() throws {
        let (team, a, b) = try Self.released()
        try team.shell("mv archive archive-away")
        for command in ["up", "restart"] {
            let refused = try a.pipeline(command)
            #expect(refused.exit == .exited(1))
            let told = refused.standardErrorText
            #expect(told.contains("error[environment-unlocked]"), "\(told)")
            let forced = try a.pipeline(command, "--take-lease")
            #expect(forced.exit == .exited(1))
            let other = forced.standardErrorText
            #expect(other.contains("error[other-release-live]"), "\(other)")
            #expect(other.contains("release 2 (folder"), "\(other)")
            #expect(try team.page() == "two\n")
        }
        try team.shell("mv archive-away archive")
        let up = try a.pipeline("up")
        #expect(up.exit == .exited(0), "\(up.standardErrorText)")
        #expect(try team.page() == "two\n")

        // One that is known may be live again by a rollback that is not.
        #expect(try b.pipeline("rollback").exit == .exited(0))
        try team.shell("mv archive archive-away")
        let back = try a.pipeline("up", "--take-lease")
        #expect(back.standardErrorText.contains("other-release-live"), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
    }

    @Test(
        "D85: up brings back what is live once it has the environment's lock, not what was live while it waited"
    )
    func waited() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try team.shell("rm place/current")
        let now = Timestamp.now().milliseconds / 1000
        let other = String(repeating: "0", count: 32)
        try FileSystem.writeAtomically(
            Array(
                """
                {"format":1,"project":"team","environment":"web","owner":"bob@lab2:/site","clone":"\(other)",\
                "token":"t","lifetime":120,"beat":0,"taken_at":\(now),"renewed_at":\(now)}

                """.utf8), to: "\(team.root)/archive/locks/web/.pipeline-lock")
        let told = a.folder + "/up.err"
        try FileSystem.writeAtomically([], to: told)
        let up = try ChildProcess(
            a.command(["up"]), standardOutput: .null,
            standardError: .file(told, append: true))
        let end = MonotonicClock.nanoseconds() + 30_000_000_000
        while try !FileSystem.readText(told).contains("waiting for bob@lab2") {
            try #require(MonotonicClock.nanoseconds() < end)
            _ = try Poll.wait([], timeoutMs: 50)
        }
        try b.write("two\n")
        let deployed = try b.pipeline("run", "deploy", "--take-lease")
        #expect(deployed.exit == .exited(0), "\(deployed.standardErrorText)")
        let ended = up.wait()
        let output = try FileSystem.readText(told)
        #expect(ended == .exited(0), "\(output)")
        #expect(try team.page() == "two\n")
        #expect(
            try a.ask("SELECT count(*) FROM deployments WHERE run_id IS NOT NULL") == "1",
            "nothing was deployed by it")
    }

    @Test(
        "while the archive does not answer, nothing is changed without the environment's lock unless a person asks for that"
    )
    func away() throws {
        let (team, a, _) = try Self.released()
        #expect(try a.pipeline("recover").exit == .exited(0))
        try a.write("three\n")
        try team.shell("mv archive archive-away")
        let unnamed = try a.pipeline("rollback")
        #expect(unnamed.exit == .exited(1))
        #expect(
            unnamed.standardErrorText.contains("error[archive-incomplete]"),
            "\(unnamed.standardErrorText)")
        for words in [["rollback", "--to", "1"], ["run", "deploy"], ["run", "sync"]] {
            let refused = try ProcessRunner.run(a.command(words), timeout: 120)
            #expect(refused.exit == .exited(1))
            #expect(
                refused.standardErrorText.contains("error[environment-unlocked]"),
                "\(refused.standardErrorText)")
            #expect(try team.page() == "two\n")
        }
        let back = try a.pipeline("rollback", "--to", "1", "--take-lease")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(
            back.standardErrorText.contains("is changed without its lock in the archive"),
            "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        // The next run has the others know of it.
        try team.shell("mv archive-away archive")
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        #expect(try team.clone("c").pipeline("releases").standardOutputText.contains("●  1"))
    }

    @Test(
        "D85: a release at the place that the archive does not know of yet is not replaced unasked")
    func unsent() throws {
        let team = try TeamProject(", require: results")
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        #expect(try b.pipeline("recover").exit == .exited(0))
        try b.write("two\n")
        try team.shell("mv archive archive-away")
        let alone = try b.pipeline("run", "deploy", "--take-lease")
        #expect(alone.exit == .exited(0), "\(alone.standardErrorText)")
        try team.shell("mv archive-away archive")
        let refused = try a.pipeline("run", "deploy")
        let told = refused.standardErrorText
        #expect(refused.exit == .exited(1))
        #expect(told.contains("error[newer-release-live]") && told.contains("release 2"), "\(told)")
        #expect(try team.page() == "two\n")
        #expect(try b.pipeline("run", "compile").exit == .exited(0))
        #expect(try a.pipeline("up").exit == .exited(0))
        #expect(try team.page() == "two\n")
        #expect(try a.pipeline("run", "deploy", "--yes").exit == .exited(0))
        #expect(try team.page() == "one\n")
    }

    @Test("a clone that only reads the archive changes no environment whose lock lies there")
    func readOnly() throws {
        let (team, _, b) = try Self.released()
        let definition = try FileSystem.readText("\(b.folder)/pipeline/pipeline.yaml")
        try FileSystem.writeAtomically(
            Array(definition.replacing("sign: none", with: "sign: none, role: read").utf8),
            to: "\(b.folder)/pipeline/pipeline.yaml")
        try b.write("three\n")
        for words in [["run", "deploy"], ["rollback"]] {
            let refused = try ProcessRunner.run(b.command(words), timeout: 120)
            let told = refused.standardErrorText
            #expect(refused.exit == .exited(1))
            #expect(
                told.contains("environment-unlocked") && told.contains("role: read"), "\(told)")
        }
        #expect(try team.page() == "two\n")
    }
}
