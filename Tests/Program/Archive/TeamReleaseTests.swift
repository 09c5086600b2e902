import PipelineLedger
import Posix
import Processes
import Testing

/// Releases of several clones, on the built program.
struct TeamReleaseTests {
    @Test(
        "T2: what one clone deploys another sees, explains and rolls back, and runs and sends nothing for it"
    )
    func everybody() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try b.write("two\n")
        #expect(try b.pipeline("run", "deploy").exit == .exited(0))
        #expect(try team.page() == "two\n")

        let seen = try a.pipeline("releases").standardOutputText
        #expect(seen.contains("●  2") && seen.contains("↩  1"), "\(seen)")
        #expect(seen.contains("by \(Host.userName) at \(Host.name)"), "\(seen)")
        let why = try a.pipeline("why", "--release", "2").standardOutputText
        #expect(why.contains("made in another clone"), "\(why)")
        #expect(try a.pipeline("status").standardOutputText.contains("release 2 was deployed by"))
        let units = try [a.unitsRun(), b.unitsRun()]

        let back = try a.pipeline("rollback")
        #expect(back.exit == .exited(0) && back.standardErrorText.contains("release 1 runs"))
        #expect(try team.page() == "one\n")
        let forward = try b.pipeline("rollback")
        #expect(
            forward.standardErrorText.contains("release 2 runs"), "\(forward.standardErrorText)")
        #expect(try team.page() == "two\n")
        // Made by the other clone.
        #expect(try b.pipeline("rollback", "--to", "1").exit == .exited(0))
        #expect(try team.page() == "one\n")
        for output in [back, forward] {
            #expect(!output.standardErrorText.contains("filling"), "\(output.standardErrorText)")
        }
        #expect(try [a.unitsRun(), b.unitsRun()] == units)
        #expect(try a.pipeline("run", "deploy").standardErrorText.contains("release 1 is live"))
    }

    @Test(
        "T2: equal content has one number in all clones, and a new clone fetches it and deploys nothing"
    )
    func equal() throws {
        let team = try TeamProject()
        #expect(try team.clone("a").pipeline("run", "deploy").exit == .exited(0))
        let b = try team.clone("b")
        let run = try b.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try b.unitsRun() == "0")
        #expect(run.standardErrorText.contains("0 sent"), "\(run.standardErrorText)")
        #expect(try b.ask("SELECT count(*) || ' ' || max(number) FROM releases") == "1 1")
        #expect(try b.ask("SELECT count(*) FROM deployments") == "1")
    }

    @Test("T3: a lost clone comes back by recover, and the oldest release out of the archive")
    func recovered() throws {
        let team = try TeamProject()
        let a = try team.clone("a")
        for text in ["one\n", "two\n", "three\n", "four\n", "five\n"] {
            try a.write(text)
            #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        }
        try FileSystem.removeTree(a.folder)
        let b = try team.clone("b")
        let recovery = try b.pipeline("recover")
        #expect(recovery.exit == .exited(0), "\(recovery.standardErrorText)")
        let told = recovery.standardOutputText
        #expect(told.contains("results  10"), "\(told)")
        #expect(told.contains("web: 5 releases, release 5 is live"), "\(told)")
        #expect(try b.ask("SELECT count(*) FROM attempts") == "0", "nothing was compiled")
        // Its folder is gone from the place, which keeps two.
        let back = try b.pipeline("rollback", "--to", "1")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(back.standardErrorText.contains("from the archive"), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        #expect(try b.unitsRun() == "0")
        #expect(try b.pipeline("verify", "--remote").exit == .exited(0))
    }

    @Test(
        "D85: older content does not replace a colleague's newer release unless a person confirms it"
    )
    func older() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try b.write("two\n")
        #expect(try b.pipeline("run", "deploy").exit == .exited(0))
        let plan = try a.pipeline("plan", "deploy").standardOutputText
        #expect(
            plan.contains("release 2 is live, which \(Host.userName) at \(Host.name)"), "\(plan)")
        let refused = try a.pipeline("run", "deploy")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("newer-release-live"))
        #expect(try team.page() == "two\n")
        #expect(try a.pipeline("run", "deploy", "--yes").exit == .exited(0))
        #expect(try team.page() == "one\n")
    }

    @Test("D69: a clone that never deployed rolls back to what was live before in the environment")
    func newcomer() throws {
        let team = try TeamProject()
        let a = try team.clone("a")
        try a.pipeline("run", "deploy")
        try a.write("two\n")
        try a.pipeline("run", "deploy")
        let back = try team.clone("b").pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
    }

    @Test(
        "T2: two clones that deploy at the same moment follow one another, and get numbers of their own"
    )
    func together() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        try b.write("two\n")
        let both = try [a, b].map { clone in
            try ChildProcess(
                clone.command(["run", "deploy", "--yes"]),
                standardOutput: .file(clone.folder + "/run.out", append: true),
                standardError: .file(clone.folder + "/run.err", append: true))
        }
        for child in both { #expect(child.wait() == .exited(0)) }
        let query =
            "SELECT group_concat(number || environment, ' ') FROM (SELECT * FROM releases ORDER BY number)"
        for clone in [a, b] {
            try clone.pipeline("releases")
            #expect(try clone.ask(query) == "1web 2web")
            #expect(try clone.ask("SELECT count(*) FROM deployments WHERE outcome = 'live'") == "2")
        }
        let live = try [a, b].map { clone in
            try clone.pipeline("releases").standardOutputText
                .split(separator: "\n").first { $0.contains("●") }.map { $0.prefix(6) }
        }
        #expect(live[0] == live[1])
        #expect(try a.pipeline("verify", "--remote").exit == .exited(0))
    }

    @Test("another clone that changes the environment is named; its lock can be taken from it")
    func held() throws {
        let team = try TeamProject()
        let a = try team.clone("a")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        let now = Timestamp.now().milliseconds / 1000
        let other = String(repeating: "0", count: 32)
        let lock = "\(team.root)/archive/locks/web/.pipeline-lock"
        try FileSystem.writeAtomically(
            Array(
                """
                {"format":1,"project":"team","environment":"web","owner":"bob@lab2:/site","clone":"\(other)",\
                "token":"t","lifetime":120,"beat":0,"taken_at":\(now),"renewed_at":\(now)}

                """.utf8), to: lock)
        try a.write("two\n")
        let refused = try a.pipeline("run", "deploy", "--no-wait")
        let told = refused.standardErrorText
        #expect(told.contains("environment-held") && told.contains("bob@lab2"), "\(told)")
        #expect(try team.page() == "one\n")
        #expect(try a.pipeline("run", "deploy", "--take-lease").exit == .exited(0))
        #expect(try team.page() == "two\n")
        #expect(try FileSystem.status(lock) == nil)
    }

    @Test(
        "the lock that a killed run left is let go of by the next run of that clone, whatever it does"
    )
    func left() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        let now = Timestamp.now().milliseconds / 1000
        let id = try FileSystem.readText("\(a.folder)/.pipeline/clone-id").filter { !$0.isNewline }
        let owner = "\(Host.userName)@\(Host.name):\(a.folder)"
        let lock = "\(team.root)/archive/locks/web/.pipeline-lock"
        try FileSystem.writeAtomically(
            Array(
                """
                {"format":1,"project":"team","environment":"web","owner":"\(owner)","clone":"\(id)",\
                "token":"t","lifetime":120,"beat":0,"taken_at":\(now),"renewed_at":\(now)}

                """.utf8), to: lock)
        try FileSystem.createDirectories("\(a.folder)/.pipeline/archive/locks")
        try FileSystem.writeAtomically([], to: "\(a.folder)/.pipeline/archive/locks/web")
        try b.write("two\n")
        #expect(try b.pipeline("run", "deploy", "--no-wait").exit != .exited(0))
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        #expect(try FileSystem.status(lock) == nil)
        #expect(try b.pipeline("run", "deploy", "--no-wait").exit == .exited(0))
        #expect(try team.page() == "two\n")
    }

    @Test(
        "a release whose contents cannot be sent is not made live, unless the project asks for results alone"
    )
    func required() throws {
        let team = try TeamProject()
        let a = try team.clone("a")
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        // A file has the name of a folder that it would need.
        try FileSystem.writeAtomically(Array("x".utf8), to: "\(team.root)/archive/releases")
        let refused = try a.pipeline("run", "deploy")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.contains("release-not-archived"),
            "\(refused.standardErrorText)")
        #expect(try FileSystem.linkStatus("\(team.root)/place/current") == nil)
        let definition = try FileSystem.readText("\(a.folder)/pipeline/pipeline.yaml")
        try FileSystem.writeAtomically(
            Array(definition.replacing("sign: none", with: "sign: none, require: results").utf8),
            to: "\(a.folder)/pipeline/pipeline.yaml")
        let run = try a.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try team.page() == "one\n")
        // Later the archive is whole again, and learns of it.
        try FileSystem.remove("\(team.root)/archive/releases")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        #expect(try team.clone("b").pipeline("releases").standardOutputText.contains("●  1"))
    }

    @Test("killed while a release is sent: the next run goes on, and the archive has all of it")
    func killed() throws {
        let team = try TeamProject(", limit: 2M")
        let a = try team.clone("a")
        for after in [300, 900, 1500] {
            let child = try ChildProcess(
                a.command(["run", "deploy"]),
                standardOutput: .file(a.folder + "/run.out", append: true),
                standardError: .file(a.folder + "/run.err", append: true))
            _ = child.wait(timeoutMs: after)
            child.killGroup()
            _ = child.wait()
        }
        let run = try a.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        try FileSystem.removeTree(a.folder)
        try FileSystem.removeTree("\(team.root)/place")
        try FileSystem.createDirectories("\(team.root)/place")
        let b = try team.clone("b")
        let back = try b.pipeline("rollback", "--to", "1", "--take-lease")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        #expect(try FileSystem.status("\(team.root)/place/current/out/large")?.size == 4_000_000)
    }
}
