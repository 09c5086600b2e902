import Digests
import Posix
import Processes
import Testing

/// `gc` removes what nothing needs, and nothing that it does not know.
struct GarbageCollectionTests {
    private static let units = """
        project: t
        stages:
          compile:
            units:
              u: { matrix: { k: [KEYS] }, command: [sh, -c, 'echo "$2" > "$1"', x, "{output}", "{k}"], outputs: "d/{k}" }
        """

    private func project(_ keys: String, _ more: String = "") throws -> UnitProject {
        let project = try UnitProject(Self.units.replacing("KEYS", with: keys) + more)
        #expect(try project.run().exit == .exited(0))
        return project
    }

    private func define(_ project: UnitProject, _ keys: String, _ more: String = "") throws {
        try project.write(
            "pipeline/pipeline.yaml", Self.units.replacing("KEYS", with: keys) + more)
    }

    @Test(
        "a file that a unit left behind goes; one that is somebody's own by now stays, and is reported"
    )
    func onesOwn() throws {
        let project = try project("a, b, c")
        try define(project, "a")
        _ = try project.shell("rm d/c; echo 'MY OWN, hours of work' > d/c")
        let done = try project.tool("gc", "--yes")
        #expect(done.exit == .exited(0), "\(done.standardErrorText)")
        #expect(try project.text("d/c") == "MY OWN, hours of work\n")
        #expect(try !project.exists("d/b"))
        #expect(try project.exists("d/a"))
    }

    @Test(
        "a file that became a declared input stays, whatever it holds", arguments: ["c", "MY OWN"])
    func declared(text: String) throws {
        let project = try project("a, c")
        try define(
            project, "a",
            "\n      v: { command: [cp, d/c, \"{output}\"], inputs: d/c, outputs: o/v }")
        _ = try project.shell("rm d/c; echo '\(text)' > d/c")
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try project.text("d/c") == "\(text)\n")
    }

    @Test("what is reached through a link is not what the unit made")
    func links() throws {
        let project = try project("a, c")
        try define(project, "a")
        _ = try project.shell("mkdir away; mv d/c away/c; mv d/a away/a; rmdir d; ln -s away d")
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try project.text("away/c") == "c\n")
        _ = try project.shell("rm d; mkdir d; ln -s ../away/c d/c")
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try project.text("away/c") == "c\n")
        #expect(try FileSystem.linkStatus(project.path("d/c"))?.kind == .symbolicLink)
    }

    /// A preview whose first release is still retained: the project, and the list of that release.
    private func released() throws -> (project: UnitProject, list: String, content: String) {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  one: { inputs: in.txt, outputs: out/one.txt, command: [cp, "{input}", "{output}"] }
              image: { kind: image, context: site }
              push: { kind: push, needs: image }
              sync: { kind: sync, needs: compile, data: [out] }
              deploy: { kind: deploy, needs: [push, sync] }
            """)
        try project.write("in.txt", "one\n")
        try project.write("site/Dockerfile", "FROM scratch\n")
        try project.write(
            "pipeline/environments/here.yaml",
            "kind: preview\ndata: { root: .pipeline/slots, slots: 2 }\n"
                + "site: { command: \"false\", port: 1, health: { within: 1s } }\n")
        // A release that does not come up is one of the newest too.
        #expect(try project.run("deploy").exit == .exited(1))
        try project.write("in.txt", "two\n")
        #expect(try project.run("deploy").exit == .exited(1))
        let list = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite 'SELECT lower(hex(manifest)) FROM releases ORDER BY number LIMIT 1'"
        ).filter { !$0.isNewline }
        let content = Digest.of("one\n").hex
        func object(_ hex: String) -> String {
            ".pipeline/store/\(hex.prefix(2))/\(hex.dropFirst(2))"
        }
        return (project, object(list), object(content))
    }

    @Test("what the newest success of a unit made stays in the store, whatever its age")
    func newest() throws {
        let project = try project("a, c")
        func isKept(_ text: String) throws -> Bool {
            let hex = Digest.of(text).hex
            return try project.exists(".pipeline/store/\(hex.prefix(2))/\(hex.dropFirst(2))")
        }
        try #require(try isKept("a\n") && isKept("c\n"))
        #expect(try project.tool("gc", "--days", "0", "--yes").exit == .exited(0))
        #expect(try isKept("a\n") && isKept("c\n"))
        try define(project, "a")
        #expect(try project.tool("gc", "--days", "0", "--yes").exit == .exited(0))
        #expect(try isKept("a\n") && !isKept("c\n"))
    }

    @Test("logs that are old enough go, at any depth; what is no log stays")
    func logs() throws {
        let project = try project("a")
        try project.write(".pipeline/logs/9/deep/unit.log", "text\n")
        _ = try project.shell("ln -s ../../../d/a .pipeline/logs/9/link")
        #expect(try project.tool("gc", "--days", "1", "--yes").exit == .exited(0))
        #expect(try project.exists(".pipeline/logs/9/deep/unit.log"))
        #expect(try project.tool("gc", "--days", "0", "--yes").exit == .exited(0))
        #expect(try !project.exists(".pipeline/logs/9/deep/unit.log"))
        #expect(try project.exists(".pipeline/logs/9/link"))
        #expect(try project.text("d/a") == "a\n")
    }

    @Test("what a retained release is made of stays, and goes once it is not retained any more")
    func releases() throws {
        let (project, list, content) = try released()
        let look = "find .pipeline/store -type f | sort"
        let before = try project.shell(look)
        #expect(try project.tool("gc", "--days", "0", "--yes").exit == .exited(0))
        #expect(try project.shell(look) == before, "its code among it")
        #expect(try project.exists(list) && project.exists(content))
        #expect(try project.tool("gc", "--days", "0", "--keep", "1", "--yes").exit == .exited(0))
        #expect(try !project.exists(content))
    }

    @Test("releases of an environment whose file is not there just now are retained too")
    func environmentNotDescribed() throws {
        let (project, list, content) = try released()
        _ = try project.shell("rm pipeline/environments/here.yaml")
        #expect(try project.tool("gc", "--days", "0", "--yes").exit == .exited(0))
        #expect(try project.exists(list) && project.exists(content))
    }

    @Test(
        "with a list that is damaged or lost nothing is removed, and it is named",
        arguments: [
            ("gc-list-damaged", "chmod 644 LIST; echo x >> LIST"), ("gc-list-lost", "mv LIST kept"),
            ("system-call", "mv LIST kept; mkdir LIST"),
        ])
    func lists(code: String, spoil: String) throws {
        let (project, list, content) = try released()
        _ = try project.shell(spoil.replacing("LIST", with: list))
        let before = try project.shell("find .pipeline/store | sort")
        for words in [["--dry-run"], ["--yes"]] {
            let output = try project.tool(arguments: ["gc", "--days", "0"] + words)
            #expect(output.exit == .exited(1))
            #expect(
                output.standardErrorText.contains("error[\(code)]"), "\(output.standardErrorText)")
            #expect(output.standardErrorText.contains(list), "\(output.standardErrorText)")
            #expect(try project.shell("find .pipeline/store | sort") == before)
        }
        guard code != "system-call" else { return }
        #expect(try project.tool("gc", "--days", "0", "--skip-lost", "--yes").exit == .exited(0))
        #expect(try !project.exists(content))
    }

    @Test("U43: what lies in quarantine for long is listed by name, and removed after a yes alone")
    func quarantined() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              tables: { kind: run, command: [sh, -c, "printf x > out/a.csv; exit 1"], outputs: "out/*.csv" }

            """)
        try project.write("out/keep.txt", "mine\n")
        #expect(try project.tool("run").exit == .exited(1))
        let place = ".pipeline/quarantine/1/out/a.csv"
        #expect(try project.exists(place) && !project.exists("out/a.csv"))

        let young = try project.tool("gc", "--yes")
        #expect(!young.standardOutputText.contains("quarantine"), "\(young.standardOutputText)")
        let dry = try project.tool("gc", "--dry-run", "--days", "0")
        #expect(
            dry.standardOutputText.contains("quarantine  \(place)  1 B"),
            "\(dry.standardOutputText)")
        let unasked = try project.tool("gc", "--days", "0")
        #expect(unasked.exit == .exited(1) && unasked.standardOutputText.contains(place))
        #expect(try project.exists(place))

        let done = try project.tool("gc", "--days", "0", "--yes")
        #expect(done.exit == .exited(0) && done.standardOutputText.contains(place))
        #expect(try !project.exists(".pipeline/quarantine/1"))
        #expect(try project.text("out/keep.txt") == "mine\n")
    }

    @Test("--dry-run changes nothing, whatever it finds")
    func dryRun() throws {
        let (project, _, content) = try released()
        _ = try project.shell("chmod 644 \(content); echo x >> \(content); sync")
        let look =
            "find . -path './.pipeline/*.sqlite-*' -prune -o -type f -exec sha256sum {} + | sort"
        let before = try project.shell(look)
        #expect(try project.tool("gc", "--days", "0", "--dry-run").exit == .exited(0))
        #expect(try project.shell(look) == before)
    }

    @Test("a ledger that is new says nothing of what the store holds")
    func newLedger() throws {
        let (project, list, content) = try released()
        _ = try project.shell("rm .pipeline/ledger.sqlite*; rm -r out")
        let output = try project.tool("gc", "--days", "0", "--yes")
        #expect(output.exit == .exited(1))
        #expect(output.standardErrorText.contains("error[gc-nothing-known]"))
        #expect(try project.exists(list) && project.exists(content))
    }

    @Test(
        "verify --store names each object that is damaged, unreadable or missing, and who needs it")
    func store() throws {
        let (project, list, content) = try released()
        #expect(try project.tool("verify", "--store").exit == .exited(0))
        _ = try project.shell(
            "chmod 644 \(content); echo x >> \(content); mv \(list) kept; mkdir \(list)")
        let output = try project.tool("verify", "--store")
        #expect(output.exit == .exited(5))
        #expect(
            output.standardOutputText.contains("damaged    \(content)"),
            "\(output.standardOutputText)")
        #expect(output.standardOutputText.contains("unreadable \(list)"))
        #expect(try project.exists(content), "it only looks")
    }
}
