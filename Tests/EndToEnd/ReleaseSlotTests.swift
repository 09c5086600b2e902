import Posix
import Processes
import Testing

/// The slot of a release that is about to be live: its marker, and what is looked at before it is filled again.
@Suite(.serialized)
struct ReleaseSlotTests {
    private static let slots = ".pipeline/environments/preview/efs"

    private func deploy(_ project: SiteProject) throws {
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
    }

    @Test("the marker of a slot names the release that became live from it last")
    func number() throws {
        let project = try FrontProject.live()
        func marked() throws -> String {
            try project.shell(
                "cat \(Self.slots)/*/.pipeline-release.json | grep -o '\"release\": [0-9]*'"
            ).standardOutputText
        }
        #expect(try marked() == "\"release\": 1\n")
        // The same data, and so the same slot.
        try FrontProject.writeApp(project, code: "second code")
        try deploy(project)
        #expect(try marked() == "\"release\": 2\n")
        #expect(try project.pipeline("rollback", "-e", "preview").exit == .exited(0))
        #expect(try marked() == "\"release\": 1\n")
    }

    @Test("data that is lost is found before a slot is written to", arguments: ["rm", "damage"])
    func lostData(fault: String) throws {
        let project = try FrontProject.live()
        for text in ["second", "third"] {
            try project.write("raw.txt", "\(text) data\n")
            try deploy(project)
        }
        // Neither live nor what a rollback brings back: the first release's slot is filled again.
        try project.write("raw.txt", "fourth data\n")
        #expect(try project.pipeline("run", "sync", "-e", "preview").exit == .exited(0))
        let held = try project.shell("grep -rl 'FIRST DATA' \(Self.slots)")
        #expect(held.standardOutputText == "")
        func state() throws -> String {
            try project.shell(
                """
                sqlite3 .pipeline/ledger.sqlite 'select count(*) from deployments; select * from slots'
                find \(Self.slots) -type f | sort | xargs sha256sum
                """
            ).standardOutputText
        }
        let before = try state()
        _ = try project.shell(
            """
            for f in $(grep -rl 'FIRST DATA' .pipeline/store); do
              chmod u+w $f; \(fault == "rm" ? "rm $f" : "echo x > $f"); done
            """)
        let back = try project.pipeline("rollback", "-e", "preview", "--to", "1")
        #expect(back.exit == .exited(1))
        #expect(
            back.standardErrorText.contains("error[content-"), "\(back.standardErrorText)")
        #expect(try state() == before, "nothing was begun")
    }

    @Test("verify --store names what a live release needs and the store has no more")
    func missingObject() throws {
        let project = try FrontProject.live()
        #expect(try project.pipeline("verify", "--store").exit == .exited(0))
        _ = try project.shell("rm -f $(grep -rl 'FIRST DATA' .pipeline/store)")
        let output = try project.pipeline("verify", "--store")
        #expect(output.exit == .exited(5))
        let lines = output.standardOutputText.split(separator: "\n").filter {
            $0.contains("missing")
        }
        #expect(lines.count == 1, "\(output.standardOutputText)")
        #expect(
            output.standardOutputText.contains("release 1: data/compiled/line.txt"),
            "\(output.standardOutputText)")
    }
}
