import Glibc
import Posix
import Processes
import Testing

/// Two users of a group who share an archive and an environment, on the built program.
///
/// Where the tests may not change users, both clones belong to the user who runs them.
struct TwoUsersTests {
    @Test(
        "T2: what one user of a group has deployed another fetches, replaces and brings back: no unit runs twice, nothing is sent twice"
    )
    func users() throws {
        let (team, a, b) = try clones()
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")

        let fetched = try b.pipeline("run", "deploy", "--json")
        #expect(fetched.exit == .exited(0), "\(fetched.standardErrorText)")
        #expect(try b.unitsRun() == "0")
        // What was fetched was hashed on the way: only the input is hashed, which is in the clone.
        #expect(fetched.standardOutputText.contains(#""hashed_files":1"#))

        // The page is another, and the large file the same.
        try b.write("onward\n")
        let second = try b.pipeline("run", "deploy", "--json")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        let (linked, copied) = getuid() == 0 ? (0, 1) : (1, 0)
        #expect(
            second.standardOutputText.contains(
                #""sent":{"bytes":7,"copied":\#(copied),"files":1,"linked":\#(linked),"#),
            "\(second.standardOutputText)")
        let units = try [a.unitsRun(), b.unitsRun()]
        let contents = try team.states("archive/objects", "archive/packs", "place")
        let seen = try a.pipeline("releases").standardOutputText
        #expect(seen.contains("●  2") && seen.contains("↩  1"), "\(seen)")

        let back = try a.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        let forward = try b.pipeline("rollback", "--to", "2")
        #expect(forward.exit == .exited(0), "\(forward.standardErrorText)")
        #expect(try team.page() == "onward\n")
        #expect(try [a.unitsRun(), b.unitsRun()] == units)
        // The same files: no byte of a content was written again.
        #expect(try team.states("archive/objects", "archive/packs", "place") == contents)
        #expect(try a.pipeline("status").standardOutputText.contains("release 2"))
    }

    @Test(
        "T2: a release that is kept no more is removed by any user of the group, or stays and is named where that is not allowed"
    )
    func surplus() throws {
        let (team, a, b) = try clones()
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let slot = try team.shell("readlink place/current").filter { !$0.isNewline }
        func isThere() throws -> Bool { try FileSystem.status("\(team.root)/place/\(slot)") != nil }
        func deploy(_ text: String) throws -> String {
            try b.write("\(text)\n")
            let done = try b.pipeline("run", "deploy")
            #expect(done.exit == .exited(0), "\(text): \(done.standardErrorText)")
            return done.standardErrorText + done.standardOutputText
        }
        #expect(try b.pipeline("run", "deploy").exit == .exited(0))
        _ = try deploy("two")
        // Live is 2, a rollback brings back 1.
        _ = try deploy("three")
        #expect(try isThere())
        if getuid() == 0 {
            // Of the whole folder, and of one in it alone: nothing is deleted then.
            let whole = try team.shell("find place/\(slot) | sort")
            for (folder, text) in [(slot, "four"), ("\(slot)/out", "for")] {
                try team.shell("chmod g-w place/\(folder)")
                let said = try deploy(text)
                #expect(said.contains("slot \(slot) is not kept any more, and stays: "), "\(said)")
                #expect(try team.page() == "\(text)\n")
                #expect(try team.shell("find place/\(slot) | sort") == whole)
                try team.shell("chmod g+w place/\(folder)")
            }
        }
        _ = try deploy("five")
        #expect(try !isThere())
        #expect(try a.pipeline("status").exit == .exited(0))
    }

    @Test(
        "T2: a release whose removal was cut off is brought back by any user, and no file of a person in it is deleted"
    )
    func remains() throws {
        let (team, a, b) = try clones()
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let slot = try team.shell("readlink place/current").filter { !$0.isNewline }
        for text in ["two", "three"] {
            try b.write("\(text)\n")
            let done = try b.pipeline("run", "deploy")
            #expect(done.exit == .exited(0), "\(text): \(done.standardErrorText)")
        }
        let folder = "\(team.root)/place/\(slot)"
        let note = #"{"environment": "web", "project": "team", "token": "cut"}"#
        try FileSystem.writeAtomically(Array(note.utf8), to: "\(folder)/.pipeline-filling")
        try team.shell("rm place/\(slot)/.pipeline-release* place/\(slot)/out/index.html")
        try team.shell("echo mine > place/\(slot)/out/notes")

        let refused = try b.pipeline("rollback", "--to", "1")
        #expect(refused.standardErrorText.contains("place-foreign"), "\(refused.standardErrorText)")
        #expect(try FileSystem.readText("\(folder)/out/notes") == "mine\n")
        #expect(try FileSystem.status("\(folder)/out/large") != nil)
        #expect(try team.page() == "three\n")

        try team.shell("rm place/\(slot)/out/notes")
        let back = try b.pipeline("rollback", "--to", "1")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        #expect(try FileSystem.status("\(folder)/.pipeline-filling") == nil)
    }

    private func clones() throws -> (TeamProject, TeamProject.Clone, TeamProject.Clone) {
        let team = try TeamProject()
        let share = "mkdir archive && chgrp 61000 archive place && chmod 2775 archive place"
        if getuid() == 0 { try team.shell(share) }
        return (
            team, try team.clone("a", as: TeamProject.User(user: 61001, group: 61000)),
            try team.clone("b", as: TeamProject.User(user: 61002, group: 61000))
        )
    }
}
