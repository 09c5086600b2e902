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
        let team = try TeamProject()
        let share = "mkdir archive && chgrp 61000 archive place && chmod 2775 archive place"
        if getuid() == 0 { try team.shell(share) }
        let a = try team.clone("a", as: TeamProject.User(user: 61001, group: 61000))
        let b = try team.clone("b", as: TeamProject.User(user: 61002, group: 61000))
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")

        let fetched = try b.pipeline("run", "deploy", "--json")
        #expect(fetched.exit == .exited(0), "\(fetched.standardErrorText)")
        #expect(try b.unitsRun() == "0")
        // What was fetched was hashed on the way: only the input is hashed, which is in the clone.
        #expect(fetched.standardOutputText.contains(#""hashed_files":1"#))

        try b.write("two\n")
        let second = try b.pipeline("run", "deploy")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        let units = try [a.unitsRun(), b.unitsRun()]
        let contents = try team.states("archive/objects", "archive/packs", "place")
        let seen = try a.pipeline("releases").standardOutputText
        #expect(seen.contains("●  2") && seen.contains("↩  1"), "\(seen)")

        let back = try a.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        let forward = try b.pipeline("rollback", "--to", "2")
        #expect(forward.exit == .exited(0), "\(forward.standardErrorText)")
        #expect(try team.page() == "two\n")
        #expect(try [a.unitsRun(), b.unitsRun()] == units)
        // The same files: no byte of a content was written again.
        #expect(try team.states("archive/objects", "archive/packs", "place") == contents)
        #expect(try a.pipeline("status").standardOutputText.contains("release 2"))
    }
}
