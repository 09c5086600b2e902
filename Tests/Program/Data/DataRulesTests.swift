import FoundationEssentials
import Processes
import Testing

/// What of the data is sent, as the built program says and does it.
struct DataRulesTests {
    /// A project of plain data, sent to a folder of its own.
    static func project(_ sync: String = "", top: String = "") throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            \(top)
            stages:
              sync:
                kind: sync
                data: [data/in]
                \(sync.split(separator: "\n").joined(separator: "\n    "))
            """)
        try project.write(
            "pipeline/environments/here.yaml",
            "kind: data\ndata: { route: directory, root: out, slots: 2 }\n")
        _ = try project.shell("mkdir out")
        return project
    }

    struct Listing: Decodable {
        struct Left: Decodable {
            let path: String
            let reason: String
        }
        struct File: Decodable {
            let path: String
            let bytes: Int
        }
        let files: [File]
        let leftOut: [Left]
        let refused: [Left]
        let notes: [String]
        let totals: [String: Int]

        var paths: [String] { files.map(\.path).sorted() }
        var reasons: [String: String] {
            Dictionary((leftOut + refused).map { ($0.path, $0.reason) }) { $1 }
        }
    }

    static func listing(_ project: UnitProject) throws -> (exit: ProcessExit, Listing) {
        let output = try project.tool("data", "files", "--json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let listing = try decoder.decode(
            Listing.self, from: Data(output.standardOutputText.utf8))
        return (output.exit, listing)
    }

    @Test("A7: include and exclude, with the reason for all that stays behind")
    func rules() throws {
        let project = try Self.project(
            "include: ['data/in/**/*.csv', data/in/keep]\nexclude: ['**/old', 'data/in/b.csv', '**/*.typo']"
        )
        for name in [
            "a.csv", "b.csv", "c.txt", "sub/d.csv", "sub/old/e.csv", "keep/any.txt", "keep/old/f",
            "elsewhere/x.txt",
        ] { try project.write("data/in/\(name)", "12345") }
        let (exit, listing) = try Self.listing(project)
        #expect(exit == .exited(0))
        #expect(
            listing.paths == ["data/in/a.csv", "data/in/keep/any.txt", "data/in/sub/d.csv"])
        #expect(
            listing.reasons == [
                "data/in/b.csv": "excluded by \"data/in/b.csv\"", "data/in/c.txt": "not included",
                "data/in/sub/old": "excluded by \"**/old\"",
                "data/in/keep/old": "excluded by \"**/old\"",
                "data/in/elsewhere/x.txt": "not included",
            ])
        #expect(listing.notes == ["exclude \"**/*.typo\" matches nothing"])
        #expect(listing.totals == ["files": 3, "bytes": 15, "left_out": 5, "refused": 0])
        let plan = try project.tool("plan", "-e", "here", "sync")
        #expect(plan.standardOutputText.contains("note exclude \"**/*.typo\" matches nothing"))
        #expect(try project.run("-e", "here", "sync").exit == .exited(0))
        #expect(
            try project.shell("cd out/a && find data -type f | sort")
                == "data/in/a.csv\ndata/in/keep/any.txt\ndata/in/sub/d.csv\n")
    }

    @Test("nothing is passed over: hidden files are sent, and what is not is listed")
    func hidden() throws {
        let project = try Self.project()
        try project.write("data/in/.hidden/.x", "x")
        try project.write("data/in/.pipeline-aside-1-2", "unfinished")
        _ = try project.shell("mkdir data/in/empty")
        let (exit, listing) = try Self.listing(project)
        #expect(exit == .exited(0))
        #expect(listing.paths == ["data/in/.hidden/.x"])
        #expect(
            listing.reasons == [
                "data/in/.pipeline-aside-1-2": "a file of this tool that was never finished",
                "data/in/empty": "an empty folder: a release holds files",
            ])
        let text = try project.tool("data", "files", "--excluded").standardOutputText
        #expect(!text.contains(".hidden/.x"))
        #expect(text.contains("left out  data/in/empty  an empty folder"))
        #expect(text.hasSuffix("sync: 1 files, 1 B to send, 2 left out\n"))
    }

    @Test("everything excluded sends nothing, and does not empty the target")
    func everything() throws {
        let project = try Self.project("exclude: data/in")
        try project.write("data/in/a", "a")
        let run = try project.run("-e", "here", "sync")
        #expect(run.exit == .exited(1))
        #expect(run.message(of: "sync/here").contains("nothing of data/in is left to send"))
        #expect(try !project.exists("out/a/data"))
    }

    @Test("E1: many small files are a note with numbers, and nothing fails")
    func smallFiles() throws {
        let project = try Self.project(top: "placement: { small_files: 3, small_file: 1K }")
        for index in 1...4 { try project.write("data/in/many/\(index)", "x") }
        let note =
            "\"data/in/many\" holds 4 files of 1 bytes on average, which is slow to send and to read "
            + "from afar: `pipeline data pack data/in/many` makes one file of them"
        #expect(
            try project.tool("plan", "-e", "here", "sync").standardOutputText.contains(note))
        let run = try project.tool("run", "-e", "here", "sync")
        #expect(run.exit == .exited(0))
        #expect((run.standardErrorText + run.standardOutputText).contains(note))
    }
}
