import FoundationEssentials
import Posix
import Processes
import Testing

/// Slots as they are filled, verified and changed by hand, on the built program.
struct RemoteDataTests {
    /// A project of plain data with an environment of kind `data`.
    private func project(_ data: String = "slots: 2") throws -> UnitProject {
        let project = try UnitProject(
            "project: p\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/here.yaml",
            "kind: data\ndata: { route: directory, root: out, \(data) }\n")
        _ = try project.shell("mkdir out")
        for number in 0..<5 { try project.write("data/f\(number)", "content \(number)") }
        return project
    }

    @discardableResult
    private func sync(_ project: UnitProject, _ more: String...) throws -> ProcessOutput {
        try project.tool(arguments: ["run", "sync", "-e", "here"] + more)
    }

    private func files(_ project: UnitProject, _ folder: String) throws -> [String] {
        try project.shell("cd \(folder) && find . -type f | sort").split(separator: "\n").map {
            String($0)
        }
    }

    @Test("D47: the audit names every drift, and the next sync puts it right")
    func audit() throws {
        let project = try project()
        try sync(project)
        #expect(try project.tool("verify", "--remote", "-e", "here").exit == .exited(0))
        try project.write("out/a/data/f1", "altered")
        try project.write("out/a/data/f2", "CONTENT 2")
        try project.write("out/a/data/new", "x")
        _ = try project.shell("rm out/a/data/f3; ln -s /etc out/a/data/link")
        let output = try project.tool("verify", "--remote", "-e", "here", "--json")
        #expect(output.exit == .exited(5))
        struct Found: Decodable {
            struct Slot: Decodable {
                struct Drift: Decodable {
                    let path: String
                    let kind: String
                }
                let slot: String
                let state: String
                let drifts: [Drift]?
            }
            let slots: [Slot]
        }
        let found = try JSONDecoder().decode(Found.self, from: Data(output.standardOutputText.utf8))
        #expect(found.slots.map(\.state) == ["holds", "unused"])
        #expect(
            found.slots[0].drifts?.map { "\($0.path) \($0.kind)" } == [
                "data/f1 size", "data/f2 content", "data/f3 missing", "data/link no-file",
                "data/new added",
            ])
        // With sizes alone the file of the same size is not seen; that is what the words say.
        let sizes = try project.tool("verify", "--remote", "-e", "here", "--read", "sizes")
        #expect(sizes.exit == .exited(5))
        #expect(!sizes.standardOutputText.contains("data/f2"))

        // Without its marker nothing of the slot is believed: all of it is looked at again.
        _ = try project.shell("rm out/a/.pipeline-release.json")
        try sync(project)
        #expect(try project.tool("verify", "--remote", "-e", "here").exit == .exited(0))
        #expect(try project.text("out/a/data/f2") == "content 2")
    }

    @Test("D47: a slot that somebody else has filled is not believed")
    func foreign() throws {
        let project = try project()
        try sync(project)
        let marker = try project.text("out/a/.pipeline-release.json")
        try project.write(
            "out/a/.pipeline-release.json",
            marker.split(separator: "\n").map {
                $0.contains("generation") ? "  \"generation\" : 9," : String($0)
            }.joined(separator: "\n"))
        try project.write("out/a/data/f0", "CONTENT 0")
        let output = try project.tool("verify", "--remote", "-e", "here")
        #expect(output.exit == .exited(5))
        #expect(output.standardOutputText.contains("somebody else"))
        try sync(project)
        #expect(try project.tool("verify", "--remote", "-e", "here").exit == .exited(0))
        #expect(try project.text("out/a/data/f0") == "content 0")
        #expect(try project.text("out/a/.pipeline-release.json").contains("\"generation\": 10"))
    }

    @Test("D48: a storm of deletes is refused before anything is touched, and allowed by a number")
    func storm() throws {
        let project = try project()
        for number in 0..<100 { try project.write("data/many/\(number)", "\(number)") }
        try sync(project)
        _ = try project.shell("rm -r data/many")
        let refused = try sync(project)
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("--max-delete 100"))
        #expect(try project.exists("out/a/.pipeline-release.json"))
        #expect(try files(project, "out/a/data").count == 105)
        #expect(try sync(project, "--max-delete", "99").exit == .exited(1))
        #expect(try sync(project, "--max-delete", "100").exit == .exited(0))
        #expect(try files(project, "out/a/data").count == 5)
    }

    @Test("layout in-place: one folder, changed file by file")
    func inPlace() throws {
        let project = try project("layout: in-place")
        try sync(project)
        #expect(try project.text("out/data/f1") == "content 1")
        try project.write("data/f1", "changed")
        _ = try project.shell("rm data/f2")
        try sync(project)
        #expect(try project.text("out/data/f1") == "changed")
        #expect(
            try files(project, "out") == [
                "./.pipeline-place.json", "./.pipeline-release.json", "./data/f0", "./data/f1",
                "./data/f3", "./data/f4",
            ])
        #expect(try project.tool("verify", "--remote", "-e", "here").exit == .exited(0))
    }

    @Test("layout full: a folder for each release, and no more than are kept")
    func full() throws {
        let project = try project("layout: full, slots: 2")
        var folders: [Set<String>] = []
        for version in 1...4 {
            try project.write("data/f1", "version \(version)")
            try sync(project)
            folders.append(
                Set(try project.shell("ls out").split(separator: "\n").map(String.init)))
        }
        #expect(folders.map(\.count) == [1, 2, 2, 2])
        #expect(folders[3].isDisjoint(with: folders[0]))
        #expect(folders[3].intersection(folders[2]).count == 1)
        #expect(try project.tool("verify", "--remote", "-e", "here").exit == .exited(0))
        // What is kept is not sent again, and what did not change takes its room once.
        try project.write("data/f1", "version 3")
        let again = try sync(project)
        #expect(again.standardErrorText.contains("up to date"))
        #expect(try project.shell("find out -name f2 -links 2 | wc -l") == "2\n")
    }

    @Test("R16: a folder is sent as one zip file, and nothing is left of it here")
    func zipped() throws {
        let project = try project()
        try project.write("notes/a.txt", "first")
        try project.write("notes/deep/b.txt", "second")
        let shown = try project.tool("data", "put", "notes", "packs", "--zip", "-n", "-e", "here")
        #expect(shown.standardOutputText.contains("packs/notes.zip"))
        let put = try project.tool("data", "put", "notes", "packs", "--zip", "-e", "here")
        #expect(put.exit == .exited(0), "\(put.standardErrorText)")
        _ = try project.shell("cd out/packs && unzip -q notes.zip && diff -r notes ../../notes")
        #expect(try !project.exists(".pipeline/zip"))
        let both = try project.tool("data", "put", "notes", "--zip", "--only", "*", "-e", "here")
        #expect(both.exit == .exited(2))
        #expect(both.standardErrorText.contains("error[options-clash]"))
    }

    @Test("R15, R18: files are listed, fetched, sent and removed by hand, below the root only")
    func byHand() throws {
        let project = try project()
        try sync(project)
        try project.write("pack.sqfs", "packed")
        let put = try project.tool("data", "put", "pack.sqfs", "packs", "-e", "here")
        #expect(put.exit == .exited(0))
        #expect(try project.text("out/packs/pack.sqfs") == "packed")
        #expect(
            try project.tool("data", "list", "packs", "-e", "here").standardOutputText
                .contains("6 B  pack.sqfs"))
        #expect(
            try project.tool("data", "list", "-r", "a", "-e", "here").standardOutputText
                .split(separator: "\n").count == 5)

        let pull = try project.tool("data", "pull", "a/data", "-o", "back", "-e", "here")
        #expect(pull.exit == .exited(0))
        #expect(try project.shell("diff -r back data && echo same") == "same\n")

        // The slot says that it holds a release: not without a word, and then it no longer does.
        try project.write("data/f1", "by hand")
        let refused = try project.tool("data", "put", "data/f1", "a/data", "-e", "here")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("--force"))
        #expect(try project.text("out/a/data/f1") == "content 1")
        let forced = try project.tool("data", "put", "data/f1", "a/data", "-e", "here", "--force")
        #expect(forced.exit == .exited(0))
        #expect(try project.text("out/a/data/f1") == "by hand")
        #expect(try !project.exists("out/a/.pipeline-release.json"))

        let unasked = try project.tool("data", "remove", "packs", "-e", "here")
        #expect(unasked.exit == .exited(2))
        #expect(try project.exists("out/packs/pack.sqfs"))
        #expect(try project.tool("data", "remove", "packs", "-y", "-e", "here").exit == .exited(0))
        #expect(try !project.exists("out/packs"))

        for path in ["../data", "/etc", "a/../../data"] {
            #expect(try project.tool("data", "list", path, "-e", "here").exit == .exited(2))
            #expect(try project.tool("data", "remove", path, "-y", "-e", "here").exit == .exited(2))
            #expect(
                try project.tool("data", "put", "pack.sqfs", path, "-e", "here").exit == .exited(2))
        }
        #expect(try project.exists("data/f0"))
    }

    @Test("E7: a pack is made, sent and read back")
    func published() throws {
        let project = try project()
        let output = try project.tool(
            "data", "pack", "data", "-o", "data.sqfs", "--publish", "packs", "-e", "here")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(output.standardErrorText.contains("packs/data.sqfs"))
        #expect(try project.shell("cmp data.sqfs out/packs/data.sqfs && echo same") == "same\n")
    }

    @Test("C8: only the files of a pattern are sent")
    func pattern() throws {
        let project = try project()
        try project.write("data/circos.pkl", "figure")
        let put = try project.tool(
            "data", "put", "data", "loose", "--only", "*.pkl", "-e", "here")
        #expect(put.exit == .exited(0))
        #expect(try files(project, "out/loose") == ["./circos.pkl"])
    }
}
