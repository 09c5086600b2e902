import PipelineLedger
import Posix
import Processes
import Testing

/// What the next run sees at a glance, by the record of what the last one looked at, must be what it would see by
/// looking at everything: each change once more where a record is there, and what only a record can get wrong.
struct StatCacheTests {
    private static let definition = """
        project: p
        stages:
          make:
            kind: compile
            pass_environment: [SHOUT]
            units:
              one:
                matrix: { n: [a, b, c], m: [x, y] }
                command: sh one.sh {input} {output} {m}
                inputs: in/{n}.txt
                outputs: mid/{n}-{m}.txt
              all:
                command: sh -c "cat {inputs} > {output}"
                inputs: mid/*.txt
                outputs: all.txt
              folder:
                command: sh -c "find in -type f | sort > {output}"
                inputs: in
                outputs: list.txt

        """

    /// A project in which a record was made.
    private func made() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        for name in ["a", "b", "c"] { try project.write("in/\(name).txt", "\(name)\n") }
        try project.write("one.sh", "cat $1 > $2; echo $3 >> $2\n")
        _ = try project.shell("touch -d '1 hour ago' in/* in one.sh pipeline/* .")
        #expect(try project.run().ran.count == 8)
        // Folders that were changed just now are looked at again.
        let isRecorded = try project.wait {
            try project.run().ran.isEmpty && project.exists(".pipeline/glance")
        }
        #expect(isRecorded)
        return project
    }

    /// What `plan` tells, by the record and then without: both must be the same, and the record stays as it is.
    private func plan(_ project: UnitProject) throws -> String {
        let record = try project.shell("cksum .pipeline/glance; mv .pipeline/glance kept")
        let whole = try project.tool("plan", "--json").standardOutputText
        #expect(try project.shell("mv kept .pipeline/glance; cksum .pipeline/glance") == record)
        let quick = try project.tool("plan", "--json").standardOutputText
        #expect(quick == whole)
        #expect(try project.shell("cksum .pipeline/glance") == record)
        return quick
    }

    /// Runs, and then once more without a record: that must find nothing that the first left out.
    private func run(_ project: UnitProject) throws -> [String] {
        _ = try plan(project)
        let outcome = try project.run()
        #expect(outcome.exit == .exited(0), "\(outcome.standardError)")
        let hidden = try project.shell(
            "mv .pipeline/glance .pipeline/glance.kept 2>/dev/null; echo")
        #expect(hidden == "\n")
        #expect(try project.run().ran.isEmpty, "a look at everything finds more")
        return outcome.ran
    }

    @Test("one changed input: its units and what reads them, and nothing is hashed but the change")
    func oneInput() throws {
        let project = try made()
        try project.write("in/b.txt", "B\n")
        // A file that was changed within the clock's granularity of the look is rightly hashed again before its unit.
        let status = try #require(try FileSystem.status(project.path("in/b.txt")))
        let isOld = try project.wait {
            Timestamp.now().nanoseconds > StatKey(status).changedNs + 100_000_000
        }
        #expect(isOld)
        let outcome = try project.run()
        #expect(outcome.ran == ["make/all", "make/folder", "make/one/b/x", "make/one/b/y"])
        #expect(outcome.hashedFiles == 1)
        #expect(try project.text("all.txt") == "a\nx\na\ny\nB\nx\nB\ny\nc\nx\nc\ny\n")
        #expect(try project.run().ran.isEmpty)
    }

    @Test("changes that a record must not hide")
    func changes() throws {
        let cases: [(String, String, [String])] = [
            ("a touched input", "touch in/a.txt", []),
            ("a new file in a folder", "echo d > in/d.txt", ["make/folder"]),
            ("an output deleted", "rm mid/a-x.txt", []),
            ("an output altered", "echo z > z; mv z all.txt", []),
            ("two outputs altered", "echo z > z; echo z > y; mv y all.txt; mv z list.txt", []),
            ("an intermediate altered", "echo z > z; mv z mid/c-y.txt", []),
            (
                "a script edited", "echo 'cat $1 $1 > $2' > one.sh",
                (["a", "b", "c"].flatMap { n in ["x", "y"].map { "make/one/\(n)/\($0)" } } + [
                    "make/all"
                ]).sorted()
            ),
            ("a file that a pattern matches appears", "echo w > mid/w.txt", ["make/all"]),
        ]
        for (title, change, ran) in cases {
            let project = try made()
            _ = try project.shell(change)
            #expect(try run(project) == ran, "\(title)")
            #expect(try project.text("mid/a-x.txt").hasPrefix("a\n"), "\(title)")
            #expect(try !project.text("all.txt").contains("z"), "\(title)")
        }
    }

    @Test("files of units that left the definition, there or not or back again")
    func stale() throws {
        let more = """
                  more:
                    matrix: { n: [a, b, c] }
                    command: cp {input} {output}
                    inputs: in/{n}.txt
                    outputs: more/{n}.txt

            """
        let project = try made()
        try project.write("pipeline/pipeline.yaml", Self.definition + more)
        #expect(try project.run().ran == ["make/more/a", "make/more/b", "make/more/c"])
        try project.write("pipeline/pipeline.yaml", Self.definition)
        _ = try project.shell("touch -d '1 hour ago' pipeline/*; rm more/a.txt")
        let isRecorded = try project.wait {
            try project.run().ran.isEmpty && project.exists(".pipeline/glance")
        }
        #expect(isRecorded)
        func told(_ names: [String]) throws {
            let text = try plan(project)
            for name in ["a", "b", "c"] {
                #expect(text.contains("more/\(name).txt") == names.contains(name), "\(text)")
            }
        }
        try told(["b", "c"])
        _ = try project.shell("rm more/b.txt")
        try told(["c"])
        _ = try project.shell("echo again > more/a.txt; echo again > more/b.txt")
        try told(["a", "b", "c"])
    }

    @Test("a variable, the definition, and an input that is gone")
    func surroundings() throws {
        let project = try made()
        #expect(try project.run(environment: ["SHOUT": "loud"]).ran.count == 8)
        #expect(try project.run(environment: ["SHOUT": "loud"]).ran.isEmpty)
        let other = try made()
        try other.write(
            "pipeline/pipeline.yaml", Self.definition.replacing("m: [x, y]", with: "m: [x, y, v]"))
        #expect(try run(other) == ["make/all", "make/one/a/v", "make/one/b/v", "make/one/c/v"])
        let third = try made()
        _ = try third.shell("rm in/c.txt")
        let outcome = try third.run()
        #expect(outcome.exit == .exited(1))
        #expect(
            outcome.units("failed") == ["make/one/c/x", "make/one/c/y"], "\(outcome.standardError)")
    }

    @Test("folders that are not there yet, and words of commands that are folders")
    func folders() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  one:
                    command: sh one.sh in {output}
                    inputs: [in/a.txt, later/*/b.txt]
                    outputs: out.txt
            """)
        try project.write("in/a.txt", "a\n")
        try project.write("one.sh", "cat $1/* > $2\n")
        _ = try project.shell("touch -d '1 hour ago' in/* in one.sh pipeline/* .")
        let isRecorded = try project.wait {
            try project.run().ran.isEmpty && project.exists(".pipeline/glance")
        }
        #expect(isRecorded)
        // A record that did not fit would be replaced.
        let record = try project.shell("stat -c %i .pipeline/glance")
        #expect(try project.run().ran.isEmpty)
        #expect(try project.shell("stat -c %i .pipeline/glance") == record)
        try project.write("later/now/b.txt", "b\n")
        #expect(try run(project) == ["make/one"])
    }

    @Test("an attempt that changed no file and left no success")
    func attempted() throws {
        let project = try made()
        _ = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"insert into attempts (unit_id, run_id, outcome, reasons, started_ms) "
                + "select id, 1, 'failed', '[]', 1 from units where name = 'make/folder'; "
                + "update units set success_id = null, newest_id = (select max(id) from attempts) where name = 'make/folder'\""
        )
        #expect(try plan(project).contains("make/folder"))
        #expect(try project.run().exit == .exited(0))
        #expect(try !plan(project).contains("make/folder"))
    }

    @Test("a record of another ledger, or of a later state of this one, is no record")
    func otherLedger() throws {
        let project = try made()
        _ = try project.shell("cp .pipeline/ledger.sqlite kept; cp -r .pipeline/glance glance")
        try project.write("in/a.txt", "new\n")
        _ = try project.run()
        #expect(try project.run().ran.isEmpty)
        // The ledger as it was before: what it does not know was not done.
        _ = try project.shell(
            "rm -f .pipeline/ledger.sqlite-*; cp kept .pipeline/ledger.sqlite; rm -r .pipeline/store"
        )
        #expect(try !project.run().ran.isEmpty)
        let gone = try made()
        _ = try gone.shell("rm -rf .pipeline/ledger.sqlite* .pipeline/store")
        #expect(try gone.run().ran.count == 8)
    }

    @Test("a record that is torn, flipped or of nothing is looked past")
    func damage() throws {
        for damage in [
            "truncate -s -7 .pipeline/glance", "truncate -s 100 .pipeline/glance",
            "printf x | dd of=.pipeline/glance bs=1 seek=300 conv=notrunc 2>/dev/null",
            ": > .pipeline/glance", "echo nothing > .pipeline/glance",
        ] {
            let project = try made()
            _ = try project.shell(damage)
            try project.write("in/a.txt", "new\n")
            #expect(try run(project).contains("make/one/a/x"), "\(damage)")
        }
    }
}
