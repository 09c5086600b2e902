import Posix
import Processes
import Testing

/// What was refused before it began is no run of the history.
@Suite(.timeLimit(.minutes(5))) struct RefusedRunTests {
    private func runs(_ project: UnitProject) throws -> String {
        try project.shell("sqlite3 .pipeline/ledger.sqlite 'select count(*) from runs'")
    }

    private func project() throws -> UnitProject {
        let project = try UnitProject(.site)
        try project.write(
            "pipeline/environments/preview.yaml",
            "kind: preview\ndata: { root: .pipeline/slots }\nsite: { port: 8000, command: x }\n")
        try project.write("out/one.txt", "1")
        try project.write("site/Dockerfile", "FROM scratch\n")
        #expect(try project.tool("run", "sync", "-e", "preview").exit == .exited(0))
        return project
    }

    @Test(
        "wrong use",
        arguments: [
            ["rollback", "-e", "preview"], ["rollback", "-e", "preview", "--to", "9"],
            ["up", "-e", "preview"], ["restart", "-e", "preview"], ["run", "nothing"],
        ])
    func wrongUse(words: [String]) throws {
        let project = try project()
        let before = try runs(project)
        let refused = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool] + words, directory: project.root), timeout: 60)
        #expect(refused.exit != .exited(0))
        #expect(try runs(project) == before, "\(refused.standardErrorText)")
    }

    @Test("a question that is answered with no, and a lock that somebody holds")
    func declined() throws {
        let project = try UnitProject(.plain)
        for content in ["1", "2"] {
            try project.write("in.txt", content)
            #expect(try project.tool("run", "compile").exit == .exited(0))
        }
        // All is old, so that there is something to remove.
        _ = try project.shell("find .pipeline -type f -exec touch -d 2001-01-01 {} +")
        let before = try runs(project)
        let gc = try project.tool("gc", "--days", "0", "--keep", "1")
        #expect(gc.exit == .exited(1))
        #expect(gc.standardErrorText.contains("error[not-confirmed]"), "\(gc.standardErrorText)")
        #expect(try runs(project) == before)
        let held = try project.shell(
            "flock .pipeline/lock \(UnitProject.tool) run compile --no-wait 2>&1; echo rc $?")
        #expect(held.contains("rc 4"), "\(held)")
        #expect(try runs(project) == before)
    }

    @Test("what failed after it had begun stays a run")
    func failed() throws {
        let project = try UnitProject(
            String.plain.replacing("cp in.txt {output}", with: "false"))
        try project.write("in.txt", "1")
        #expect(try project.tool("run", "compile").exit == .exited(1))
        #expect(try runs(project) == "1\n")
    }
}
