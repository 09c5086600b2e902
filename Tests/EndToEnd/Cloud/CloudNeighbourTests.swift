import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// Two sites of one account whose projects and environments have the same names, and which keep their records in one
/// bucket; application and file system are each one's own.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudNeighbourTests {
    private let standIn: AWSStandIn
    private let first: CloudProject
    private let second: CloudProject

    init() throws {
        standIn = try AWSStandIn()
        let data = "route: transfer, file_system: FS, root: site, slots: 2"
        first = try CloudProject(standIn, data: data)
        second = try CloudProject(
            standIn, data: data, operatorName: "bob", bucket: first.bucket)
        try second.site.write("raw.txt", "data of the second\n")
    }

    /// The keys of the records, by the application that each belongs to.
    private func records() throws -> [String: String] {
        struct Record: Decodable {
            struct Owner: Decodable { let project, environment, application: String }
            let owner: Owner
        }
        let listed = try standIn.aws(
            "s3api", "list-objects-v2", "--bucket", first.bucket, "--query", "Contents[].Key")
        let keys = try JSONDecoder().decode([String].self, from: Data(listed.standardOutput))
        var found: [String: String] = [:]
        for key in keys where key.hasSuffix("/record.json") {
            let content = try standIn.aws("s3", "cp", "s3://\(first.bucket)/\(key)", "-")
            let owner = try JSONDecoder().decode(Record.self, from: Data(content.standardOutput))
                .owner
            #expect(owner.environment == "aws")
            found[owner.application] = key
        }
        return found
    }

    private func line(_ project: CloudProject, slot: String) throws -> String {
        try FileSystem.readText("\(project.root)/\(slot)/data/compiled/line.txt")
    }

    @Test("D80: what one of two sites of one name does changes nothing of the other's")
    func apart() throws {
        for project in [first, second] {
            let run = try project.pipeline("run", "deploy")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        }
        let neighbour = try second.label()
        #expect(neighbour.hasPrefix("r1-a-"))
        #expect(try line(first, slot: "a") == "FIRST DATA\n")
        #expect(try line(second, slot: "a") == "DATA OF THE SECOND\n")
        #expect(
            Set(try records().keys)
                == Set([first, second].map { "beanstalk \($0.name)/\($0.name)-env" }))
        let before = try first.label()
        try first.site.write("raw.txt", "second data\n")
        let run = try first.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let back = try first.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try first.label() == before)
        #expect(try second.label() == neighbour)
        #expect(try line(second, slot: "a") == "DATA OF THE SECOND\n")
        let none = try second.pipeline("rollback")
        #expect(none.exit == .exited(1), "it has one release, whatever the other has")
        let again = try second.pipeline("run", "deploy")
        #expect(
            again.standardErrorText.contains("deploy   1 up to date"), "\(again.standardErrorText)")
    }

    @Test("D80: one deploys while the other holds its own lock")
    func locks() throws {
        #expect(try first.pipeline("run", "deploy").exit == .exited(0))
        try first.site.writeApp(code: "second code")
        try standIn.forgetJournal()
        let said = "\(first.site.root)/said.txt"
        let deployment = try ChildProcess(
            first.command(["run", "deploy"]), standardOutput: .null,
            standardError: .file(said, append: false))
        try Await.that { try standIn.calls().contains("elasticbeanstalk:UpdateEnvironment") }
        deployment.signal(19)
        let run = try second.pipeline("run", "deploy", "--no-wait")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        deployment.signal(18)
        let exit = deployment.wait()
        let text = try FileSystem.readText(said)
        #expect(exit == .exited(0), "\(text)")
        #expect(try first.label().hasPrefix("r2-"))
    }

    @Test("D80: another site's record is refused, and nothing is changed by it")
    func refused() throws {
        for project in [first, second] {
            #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        }
        let keys = try records()
        let own = try #require(keys["beanstalk \(second.name)/\(second.name)-env"])
        let other = try #require(keys["beanstalk \(first.name)/\(first.name)-env"])
        try standIn.aws(
            "s3", "cp", "s3://\(first.bucket)/\(other)", "s3://\(first.bucket)/\(own)")
        let live = try second.label()
        try second.site.writeApp(code: "second code")
        try standIn.forgetJournal()
        let run = try second.pipeline("run", "deploy")
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("error[record-foreign]"), "\(run.standardErrorText)")
        let calls = try standIn.calls()
        #expect(!calls.contains("elasticbeanstalk:UpdateEnvironment"), "\(calls)")
        #expect(!calls.contains("transfer:CreateServer"), "\(calls)")
        #expect(try second.label() == live)
    }
}
