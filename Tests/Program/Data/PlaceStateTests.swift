import Posix
import Processes
import Testing

/// What a place holds is looked at before it is changed, whatever was known of it before.
struct PlaceStateTests {
    private func project(_ data: String) throws -> UnitProject {
        let project = try UnitProject(
            "project: one\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/production.yaml", "kind: data\ndata: { \(data) }\n")
        try project.write("data/x", "1")
        return project
    }

    /// Changes the marker of a slot; `marker` is its object.
    private func edit(_ project: UnitProject, _ slot: String, _ line: String) throws {
        _ = try project.shell(
            """
            python3 - <<'END'
            import json
            path = "efs/\(slot)/.pipeline-release.json"
            marker = json.load(open(path))
            \(line)
            json.dump(marker, open(path, "w"))
            END
            """)
    }

    private func sync(_ project: UnitProject, _ content: String) throws -> [String] {
        try project.write("data/x", content)
        let run = try project.run("sync")
        #expect(run.exit == .exited(0), "\(run.standardError)")
        return run.notes
    }

    @Test("of releases beyond the number a folder goes only if it holds what was put there")
    func surplus() throws {
        let project = try project("root: efs, layout: full, slots: 2")
        _ = try project.shell("mkdir efs")
        var made: [String] = []
        func newest() throws -> String {
            let names = try project.shell("ls efs").split(separator: "\n").map(String.init)
            let new = names.filter { !made.contains($0) }
            made += new
            return try #require(new.count == 1 ? new[0] : nil, "\(names)")
        }
        _ = try sync(project, "1")
        let first = try newest()
        _ = try sync(project, "22")
        let second = try newest()
        _ = try sync(project, "333")
        let third = try newest()
        #expect(try !project.exists("efs/\(first)"))

        try project.write("efs/\(second)/mine", "p")
        let notes = try sync(project, "4444")
        _ = try newest()
        #expect(
            notes.contains {
                $0.contains("\(second) is not kept any more, and stays: it holds \"mine\"")
            }, "\(notes)")
        #expect(try project.text("efs/\(second)/mine") == "p")
        #expect(try project.text("efs/\(second)/data/x") == "22")

        try edit(project, third, "marker['generation'] = 99")
        let more = try sync(project, "55555")
        #expect(
            more.contains { $0.contains("\(third) is not kept any more, and stays: its marker") },
            "\(more)")
        #expect(try project.text("efs/\(third)/data/x") == "333")
    }

    @Test("a claim of another project is refused, though there is no slot yet")
    func claimAlone() throws {
        let project = try project("root: efs")
        try project.write(
            "efs/.pipeline-place.json",
            "{\"environment\": \"production\", \"format\": 1, \"project\": \"two\"}\n")
        let output = try project.tool("run", "sync")
        #expect(output.exit == .exited(1))
        #expect(
            output.standardErrorText.contains("error[place-others]"), "\(output.standardErrorText)")
        #expect(try project.shell("ls -A efs") == ".pipeline-place.json\n")
    }

    @Test("of a marker that does not say whose it is the ledger decides", arguments: [true, false])
    func oldMarker(isKnown: Bool) throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs")
        _ = try sync(project, "1")
        try edit(project, "a", "marker.pop('project'); marker.pop('environment')")
        if !isKnown { try edit(project, "a", "marker['generation'] += 1") }
        _ = try project.shell("rm efs/.pipeline-place.json")
        try project.write("data/x", "22")
        let output = try project.tool("run", "sync")
        #expect(output.exit == .exited(isKnown ? 0 : 1), "\(output.standardErrorText)")
        #expect(output.standardErrorText.contains("error[place-foreign]") == !isKnown)
        #expect(try project.text("efs/a/data/x") == (isKnown ? "22" : "1"))
    }

    @Test("a place that is known by the marker of one slot alone vouches for no slot without one")
    func markerAlone() throws {
        let project = try project("root: efs, slots: 2")
        _ = try project.shell("mkdir efs")
        _ = try sync(project, "1")
        _ = try project.shell(
            "cp -a efs/a efs/b; rm efs/.pipeline-place.json efs/a/.pipeline-release.json")
        try project.write("data/x", "333")
        let output = try project.tool("run", "sync")
        #expect(output.exit == .exited(1))
        #expect(
            output.standardErrorText.contains("error[place-foreign]"),
            "\(output.standardErrorText)")
        #expect(try project.text("efs/a/data/x") == "1")
        #expect(try project.text("efs/b/data/x") == "1")
    }

    @Test("of a filling that an older version began the journal of this clone decides")
    func oldFilling() throws {
        for token in ["mine", "another's"] {
            let project = try project("root: efs")
            try project.write("efs/a/data/x", "half")
            try project.write("efs/a/.pipeline-filling", token)
            try project.write(
                ".pipeline/environments/production/filling-a", "filling mine -\n")
            let output = try project.tool("run", "sync")
            #expect(output.exit == .exited(token == "mine" ? 0 : 1), "\(output.standardErrorText)")
            #expect(try project.text("efs/a/data/x") == (token == "mine" ? "1" : "half"))
        }
    }

    @Test("a sync that waits for a place can be stopped, and leaves the other's lock")
    func stoppedWhileWaiting() throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs")
        try project.write("efs/.pipeline-lock", "another's")
        let run = try project.start("sync")
        #expect(
            try project.wait {
                try project.shell("cat run.out run.err").contains("waiting for another clone")
            })
        run.signal(2)
        #expect(run.wait() == .exited(130))
        #expect(try project.text("efs/.pipeline-lock") == "another's")
        #expect(try !project.exists("efs/a"))
    }

    @Test("what was seen of a slot before its lock was waited for is not believed afterwards")
    func changedWhileWaiting() throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs")
        _ = try sync(project, "1")
        try project.write("data/y", "2")
        try project.write("efs/.pipeline-lock", "another's")
        let run = try project.start("sync")
        #expect(
            try project.wait {
                try project.shell("cat run.out run.err").contains("waiting for another clone")
            })
        // What another clone does meanwhile: other content of the same size, and its marker.
        _ = try project.shell("rm efs/a/data/x; printf 9 > efs/a/data/x")
        try edit(project, "a", "marker['generation'] += 1")
        _ = try project.shell("rm efs/.pipeline-lock")
        let exit = run.wait()
        let told = try project.shell("cat run.out run.err")
        #expect(exit == .exited(0), "\(told)")
        #expect(try project.text("efs/a/data/x") == "1")
        #expect(try project.text("efs/a/data/y") == "2")
    }
}
