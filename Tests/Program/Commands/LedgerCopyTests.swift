import Posix
import Processes
import Testing

/// The ledger's log stays short, and copies of the ledger are whole or named as what they are.
@Suite struct LedgerCopyTests {
    private static let definition = """
        project: p
        stages:
          compile:
            units:
              one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/one.txt }

        """

    private func project() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "1")
        return project
    }

    private func logSize(_ project: UnitProject) throws -> Int64 {
        try FileSystem.status("\(project.root)/.pipeline/ledger.sqlite-wal")?.size ?? 0
    }

    /// A program that has the ledger open: in the middle of a query, or at rest.
    private func reader(_ project: UnitProject, isBusy: Bool) throws -> ChildProcess {
        let child = try ChildProcess(
            ProcessCommand(
                [
                    "python3", "-c",
                    """
                    import sqlite3, sys
                    ledger = sqlite3.connect("file:.pipeline/ledger.sqlite?mode=ro", uri=True)
                    rows = ledger.execute("select * from runs, units, runs r2")
                    rows.fetchone()
                    if not \(isBusy ? "True" : "False"): rows.close()
                    print("open", flush=True)
                    sys.stdin.read()
                    """,
                ], directory: project.root), standardInput: .pipe, standardOutput: .pipe)
        _ = try Descriptors.read(child.standardOutput ?? -1, upTo: 5)
        return child
    }

    @Test("each run empties the log, also while a reader has the ledger open")
    func log() throws {
        let project = try project()
        #expect(try project.tool("run", "compile").exit == .exited(0))
        #expect(try logSize(project) == 0)
        let idle = try reader(project, isBusy: false)
        defer { idle.terminate(grace: 0) }
        for number in 2...4 {
            try project.write("in.txt", "\(number)")
            #expect(try project.tool("run", "compile").exit == .exited(0))
            #expect(try logSize(project) == 0, "after run \(number)")
        }
        let busy = try reader(project, isBusy: true)
        try project.write("in.txt", "5")
        let run = try project.tool("run", "compile")
        #expect(run.exit == .exited(0), "a reader stops nothing: \(run.standardErrorText)")
        busy.terminate(grace: 0)
        try project.write("in.txt", "6")
        #expect(try project.tool("run", "compile").exit == .exited(0))
        #expect(try logSize(project) == 0, "the first run after the reader empties it")
    }

    @Test("a copy is whole, readable by its owner alone, and replaces no file")
    func copied() throws {
        let project = try project()
        #expect(try project.tool("run", "compile").exit == .exited(0))
        let copy = try project.tool("ledger", "copy", "copy.sqlite")
        #expect(copy.exit == .exited(0), "\(copy.standardErrorText)")
        let path = "\(project.root)/copy.sqlite"
        #expect(copy.standardOutputText == path + "\n")
        #expect(try FileSystem.status(path)?.mode == 0o600)
        let runs = try project.shell("sqlite3 copy.sqlite 'select count(*) from attempts'")
        #expect(runs == "1\n")
        let again = try project.tool("ledger", "copy", "copy.sqlite")
        #expect(again.exit == .exited(2))
        #expect(again.standardErrorText.contains("error[file-exists]"))
        #expect(try !project.shell("ls").contains(".new-"))
    }

    @Test("a copy that was made of the file alone while a run went on is named as that")
    func withoutLog() throws {
        let project = try UnitProject(
            Self.definition.replacing(
                "\"cp in.txt {output}\"",
                with: "\"sh -c 'echo x > begun; read y < go; echo z > {output}'\""))
        try project.write("in.txt", "1")
        _ = try project.shell("mkfifo go")
        let run = try ChildProcess(
            ProcessCommand([UnitProject.tool, "run", "compile"], directory: project.root),
            standardOutput: .null, standardError: .null)
        while try FileSystem.status("\(project.root)/begun") == nil, run.poll() == nil {
            _ = try Poll.wait([(run.processDescriptor, .readable)], timeoutMs: 10)
        }
        _ = try project.shell("cp .pipeline/ledger.sqlite copy.sqlite; echo go > go")
        #expect(run.wait() == .exited(0))
        _ = try project.shell("rm .pipeline/ledger.sqlite*; mv copy.sqlite .pipeline/ledger.sqlite")
        _ = try project.shell("(echo go > go) &")
        let next = try project.tool("run", "compile")
        #expect(
            next.standardErrorText.contains("a copy that was made without its log"),
            "\(next.standardErrorText)")
        let last = try project.tool("run", "compile")
        #expect(!last.standardErrorText.contains("without its log"))
    }
}
