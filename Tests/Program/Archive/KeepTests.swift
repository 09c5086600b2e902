import Posix
import Processes
import Testing

/// `keep` on the built program: a release that is never collected.
struct KeepTests {
    private let archive = ScratchPlace()

    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: figures
            archive: { root: \(archive.path), sign: none }
            stages:
              compile:
                units:
                  page: { command: [sh, -c, 'head -c 2000000 /dev/zero | tr "\\\\0" "$(cat "$2")" > "$1"', x, "{output}", "{input}"], inputs: raw.txt, outputs: public/index.html }
              sync: { kind: sync, needs: compile, data: public }
              deploy: { kind: deploy, needs: sync }

            """)
        try project.write(
            "pipeline/environments/web.yaml",
            "kind: static\ndata: { root: \(project.root)/www, slots: 2 }\nstatic: { folder: public }\n"
        )
        _ = try project.shell("mkdir www")
        for text in ["1", "2", "3", "4"] {
            try project.write("raw.txt", text)
            let run = try project.run("deploy")
            #expect(run.exit == .exited(0), "\(run.standardError)")
        }
        return project
    }

    @Test("T5: what a kept release is made of outlives collections, until its name is taken away")
    func kept() throws {
        let project = try project()
        let keep = try project.tool("keep", "1", "--as", "2026-paper")
        #expect(keep.exit == .exited(0), "\(keep.standardErrorText)")
        let status = try project.tool("archive", "status").standardOutputText
        #expect(status.contains("kept for ever: release 1 of web as 2026-paper"), "\(status)")
        let list = try project.tool("keep").standardOutputText
        #expect(list.contains("2026-paper  web") && list.hasSuffix("1\n"), "\(list)")
        let json = try project.tool("keep", "--json").standardOutputText
        #expect(json == #"[{"environment":"web","name":"2026-paper","release":1}]"# + "\n")
        // Once more is nothing; another release of the name is refused.
        let segments = try archive.files("history").count
        #expect(try project.tool("keep", "1", "--as", "2026-paper").exit == .exited(0))
        #expect(try archive.files("history").count == segments)
        let taken = try project.tool("keep", "2", "--as", "2026-paper")
        #expect(taken.standardErrorText.contains("error[pin-taken]"), "\(taken.standardErrorText)")

        func collect() throws {
            for _ in 1...2 {
                let collected = try project.tool(
                    "gc", "--archive", "--keep", "1", "--results", "1", "--days", "0", "--yes")
                #expect(collected.exit == .exited(0), "\(collected.standardErrorText)")
            }
        }
        try collect()
        func export(_ release: String, _ name: String) throws -> ProcessOutput {
            _ = try project.shell("rm -rf .pipeline/store public")
            return try project.tool("export", release, "--to", name)
        }
        let one = try export("1", "one.tar")
        #expect(one.exit == .exited(0), "\(one.standardErrorText)")
        let two = try export("2", "two.tar")
        #expect(two.standardErrorText.contains("release-incomplete"), "\(two.standardErrorText)")

        let removed = try project.tool("keep", "--remove", "2026-paper")
        #expect(removed.exit == .exited(0), "\(removed.standardErrorText)")
        #expect(try project.tool("keep").standardErrorText.contains("no release is kept"))
        try collect()
        #expect(try export("1", "gone.tar").standardErrorText.contains("release-incomplete"))
        let again = try project.tool("keep", "--remove", "2026-paper")
        #expect(
            again.standardErrorText.contains("error[no-such-pin]"), "\(again.standardErrorText)")
    }

    @Test("T5: the name that was given last counts, however far another clone's clock is ahead")
    func clocks() throws {
        let project = try project()
        #expect(try project.tool("keep", "1", "--as", "paper").exit == .exited(0))
        #expect(try project.tool("keep", "--remove", "paper").exit == .exited(0))
        let ahead = "UPDATE archive_segments SET made_ms = made_ms + 3600000"
        _ = try project.shell("sqlite3 .pipeline/ledger.sqlite '\(ahead)'")
        #expect(try project.tool("keep", "2", "--as", "paper").exit == .exited(0))
        let json = try project.tool("keep", "--json").standardOutputText
        #expect(json == #"[{"environment":"web","name":"paper","release":2}]"# + "\n")
    }

    @Test("T5: a release comes out of the archive where a folder has the path of its file now")
    func folder() throws {
        let project = try project()
        _ = try project.shell("rm -rf public/index.html .pipeline/store; mkdir public/index.html")
        let back = try project.tool("rollback", "--to", "1")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        let page = try project.shell("find -L www/ -name index.html -print0 | xargs -0 cut -c 1 -z")
        #expect(page.contains("1"), "\(page)")
    }

    @Test("T5: a clone that only reads the archive leaves its list of unneeded files alone")
    func reads() throws {
        let project = try project()
        let list = "pipeline-archive-unneeded.json"
        #expect(try project.tool("gc", "--archive", "--keep", "1", "--yes").exit == .exited(0))
        let before = try FileSystem.read("\(archive.path)/\(list)")
        let definition = try FileSystem.readText("\(project.root)/pipeline/pipeline.yaml")
        try project.write(
            "pipeline/pipeline.yaml",
            definition.replacing("sign: none", with: "sign: none, role: read"))
        let collected = try project.tool("gc", "--archive", "--keep", "1", "--yes")
        #expect(
            collected.standardErrorText.contains("error[archive-read-only]"),
            "\(collected.standardErrorText)")
        #expect(try FileSystem.read("\(archive.path)/\(list)") == before)
    }

    @Test(
        "T5: what cannot be kept is refused",
        arguments: [
            (["keep", "1"], "bad-value"), (["keep", "--as", "x"], "bad-value"),
            (["keep", "1", "--as", "a b"], "bad-value"),
            (["keep", "9", "--as", "x"], "no-such-release"),
        ])
    func refused(words: [String], code: String) throws {
        let output = try project().tool(arguments: words)
        #expect(output.standardErrorText.contains("error[\(code)]"), "\(output.standardErrorText)")
    }
}
