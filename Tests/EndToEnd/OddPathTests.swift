import Processes
import Testing

/// A project whose path has what shells, nginx and Docker give a meaning to.
@Suite(.serialized)
struct OddPathTests {
    @Test(
        "A29: spaces, quotes and semicolons in the project's path: it deploys, serves and rolls back",
        arguments: ReleaseTests.kinds)
    func deploys(kind: String) throws {
        let project = try SiteProject(kind, suffix: " a;b \"c\", d")
        let first = try project.pipeline("run", "deploy", "-e", kind)
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        try project.writeApp(code: "second code")
        try project.write("raw.txt", "second data\n")
        let second = try project.pipeline("run", "deploy", "-e", kind)
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try project.page() == "code: second code; data: SECOND DATA")
        #expect(try project.pipeline("rollback", "-e", kind).exit == .exited(0))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }
}
