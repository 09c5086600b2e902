import FoundationEssentials
import Posix
import Processes
import Testing

/// A place that several clones fill and that no service guards: with the built program.
struct NewerDataTests {
    private func project(_ data: String, _ content: String) throws -> UnitProject {
        let project = try UnitProject(
            "project: one\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/production.yaml", "kind: data\ndata: { \(data) }\n")
        try project.write("data/x", content)
        return project
    }

    private func sync(_ project: UnitProject, _ content: String) throws {
        try project.write("data/x", content)
        let run = try project.tool("run", "sync")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
    }

    @Test(
        "D85: older data replaces what a colleague sent later only when that is confirmed",
        arguments: ["in-place", "slots"])
    func newer(layout: String) throws {
        let shared = try UnitProject("project: shared\nstages: {}\n")
        _ = try shared.shell("mkdir place")
        let data = "root: \(shared.path("place")), layout: \(layout)"
        func contents() throws -> String {
            try shared.shell("find place -path '*data/x' | sort | xargs cat")
        }
        let (alice, bob) = (try project(data, "0\n"), try project(data, "2\n"))
        try sync(alice, "0\n")
        try sync(alice, "1\n")
        // Whole seconds are on record.
        _ = try Poll.wait([], timeoutMs: 1100)
        try sync(bob, "2\n")
        let before = try contents()
        #expect(before.contains("2"))
        // What no slot holds any more, and was made before.
        try alice.write("data/x", before.contains("0") ? "1\n" : "0\n")
        let plan = try alice.tool("plan", "sync")
        let finding = "holds data that \(Host.userName) sent 0 min ago; what is here is older"
        #expect(plan.standardOutputText.contains(finding), "\(plan.standardOutputText)")
        let refused = try alice.tool("run", "sync")
        #expect(refused.exit == .exited(1))
        for word in ["error[newer-release-live]", finding, "--yes"] {
            #expect(refused.standardErrorText.contains(word), "\(refused.standardErrorText)")
        }
        #expect(try contents() == before)
        let confirmed = try alice.tool("run", "sync", "--yes")
        #expect(confirmed.exit == .exited(0), "\(confirmed.standardErrorText)")
        #expect(try contents() != before)
        // What is made now is no older data, for either of them.
        try sync(bob, "3\n")
        try sync(alice, "4\n")
        try sync(alice, "5\n")
    }
}
