import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// The whole chain on the built program against the stand-in for AWS: public ECR, a temporary SFTP server
/// over EFS, and Elastic Beanstalk.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudReleaseTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
    }

    private func transferProject() throws -> CloudProject {
        try CloudProject(standIn, data: "route: transfer, file_system: FS, root: site, slots: 2")
    }

    @Test("C13, C21, C23, C39: deployed, nothing to do, code alone, data alone, and back")
    func releases() throws {
        let project = try transferProject()
        try standIn.forgetJournal()
        let first = try project.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let address = first.standardOutputText.filter { !$0.isWhitespace }
        #expect(try project.health(address).contains("\"release\": \"1\""))
        #expect(first.standardErrorText.contains("about 0.30 USD an hour"))
        #expect(try standIn.paid() == "[]")
        #expect(try standIn.calls().filter { $0 == "transfer:CreateServer" }.count == 1)
        let clone = try FileSystem.readText("\(project.site.root)/.pipeline/clone-id")
            .filter { !$0.isNewline }
        let key = try standIn.aws(
            "s3api", "list-objects-v2", "--bucket", "bucket-\(project.name)", "--output", "text",
            "--query", "Contents[?ends_with(Key, 'ledgers/\(clone).sqlite')].Key | [0]"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        try standIn.aws(
            "s3api", "get-object", "--bucket", "bucket-\(project.name)", "--key", key,
            "\(project.site.root)/copy.sqlite")
        let copied = try project.site.shell(
            "sqlite3 copy.sqlite 'pragma integrity_check; select outcome from deployments'")
        #expect(copied.standardOutputText == "ok\nlive\n", "D53: a copy that can be used")

        // Nothing to do: nothing is made, and few questions are asked.
        try standIn.forgetJournal()
        let again = try project.pipeline("run", "deploy", "--json")
        #expect(again.exit == .exited(0))
        #expect(!again.standardOutputText.contains("unit-started"))
        let calls = try standIn.calls()
        #expect(calls.count <= 6, "\(calls)")
        #expect(
            calls.allSatisfy { $0.firstMatch(of: /:(Get|Describe|List|Head)/) != nil }, "\(calls)")

        // Code alone: no server is made, no data is sent.
        try project.site.writeApp(code: "second code")
        try standIn.forgetJournal()
        let code = try project.pipeline("run", "deploy")
        #expect(code.exit == .exited(0), "\(code.standardErrorText)")
        #expect(try !standIn.calls().contains("transfer:CreateServer"))
        #expect(try project.label().hasPrefix("r2-a-"))

        // Data alone: nothing is built or pushed.
        try project.site.write("raw.txt", "second data\n")
        try standIn.forgetJournal()
        let data = try project.pipeline("run", "deploy")
        #expect(data.exit == .exited(0), "\(data.standardErrorText)")
        #expect(try !standIn.calls().contains("registry:PushManifest"))
        #expect(try project.label().hasPrefix("r3-b-"))
        #expect(
            try FileSystem.readText("\(project.root)/b/data/compiled/line.txt") == "SECOND DATA\n")

        // Back: the slot still holds the data.
        try standIn.forgetJournal()
        let back = try project.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.label().hasPrefix("r2-a-"))
        #expect(try !standIn.calls().contains("transfer:CreateServer"))

        // A third data release takes the slot of the second, so going back to that fills a slot first.
        try project.site.write("raw.txt", "third data\n")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        #expect(try project.label().hasPrefix("r4-b-"))
        let refilled = try project.pipeline("rollback", "--to", "3")
        #expect(refilled.exit == .exited(0), "\(refilled.standardErrorText)")
        #expect(try project.label().hasPrefix("r3-a-"))
        #expect(
            try FileSystem.readText("\(project.root)/a/data/compiled/line.txt") == "SECOND DATA\n")
        #expect(try standIn.paid() == "[]")
    }

    @Test("a site that names no release is known by the version that its instances report")
    func unnamed() throws {
        let project = try transferProject()
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        try project.site.write(
            file, text.replacing("path: /health,", with: "path: /, identity: none,"))
        let run = try project.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains(
                "the version label at Elastic Beanstalk and its instances, and status 200 of /"),
            "\(run.standardErrorText)")
        let again = try project.pipeline("run", "deploy")
        #expect(
            again.standardErrorText.contains("known by what AWS reports"),
            "\(again.standardErrorText)")
    }

    @Test("D56: an image that somebody pruned is missed before anything changes")
    func prunedImage() throws {
        let project = try transferProject()
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        try project.site.writeApp(code: "second code")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        let image = try project.site.shell(
            "sqlite3 .pipeline/ledger.sqlite 'select image from releases where number = 1'"
        ).standardOutputText.split(separator: "@").last.map { $0.filter { !$0.isWhitespace } }
        try standIn.aws(
            "ecr-public", "batch-delete-image", "--repository-name", project.name, "--image-ids",
            "imageDigest=\(image ?? "")", region: "us-east-1")
        try standIn.forgetJournal()
        let back = try project.pipeline("rollback", "--to", "1")
        #expect(back.exit == .exited(1))
        #expect(back.standardErrorText.contains("error[image-gone]"))
        #expect(back.standardErrorText.contains("nothing was changed"), "\(back.standardErrorText)")
        #expect(try !standIn.calls().contains("elasticbeanstalk:UpdateEnvironment"))
        #expect(try project.label().hasPrefix("r2-"))
    }

    @Test("D20, D22: a release that does not stay up is followed by the one before it")
    func fallsBack() throws {
        let project = try transferProject()
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        let good = try project.label()
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-env": {"filesystem":
              "\(project.fileSystem)", "scripts": [{"version": "r2-*", "outcome": "exits-after",
              "seconds": 0.5}]}}}}
            """)
        try project.site.writeApp(code: "second code")
        let bad = try project.pipeline("run", "deploy")
        #expect(bad.exit == .exited(1))
        #expect(
            bad.standardErrorText.contains("Release 1 goes on answering"),
            "\(bad.standardErrorText)")
        // D68: the instances' lines, fetched before the environment went back.
        #expect(
            bad.standardErrorText.contains("/var/log/eb-docker/containers"),
            "\(bad.standardErrorText)")
        #expect(bad.standardErrorText.contains("deploying r2-"))
        #expect(bad.standardErrorText.contains("log: .pipeline/environments/aws/sites/site-"))
        #expect(try project.label() == good)
    }

    @Test("D43: a second operator sees who works, and takes over what the first has left")
    func operators() throws {
        let alice = try transferProject()
        let bob = try CloudProject(
            standIn, data: "route: transfer, file_system: FS, root: site, slots: 2",
            operatorName: "bob", sharing: alice)
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        // Alice's machine hangs in the middle of a deployment.
        try alice.site.writeApp(code: "second code")
        try standIn.faults(
            """
            [{"match": "elasticbeanstalk:CreateApplicationVersion", "operator": "alice", "do": "hang"}]
            """)
        let hung = try ChildProcess(
            alice.command(["run", "deploy"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.get("faults").contains("\"happened\": 1") }
        try bob.site.write("raw.txt", "data of bob\n")
        let refused = try bob.pipeline("run", "deploy", "--no-wait")
        #expect(refused.exit == .exited(4), "\(refused.standardErrorText)")
        #expect(refused.standardErrorText.contains("error[lease-held]"))
        #expect(refused.standardErrorText.contains("alice"), "\(refused.standardErrorText)")
        hung.signal(9)
        _ = hung.wait()
        let taken = try bob.pipeline("run", "deploy", "--take-lease")
        #expect(taken.exit == .exited(0), "\(taken.standardErrorText)")
        // Alice goes on: she sees what Bob did, and does not write over the slot that is live.
        try standIn.faults("[]")
        let live = try bob.label()
        let slot = live.split(separator: "-").dropFirst().first.map(String.init) ?? "?"
        try alice.site.write("raw.txt", "other data of alice\n")
        let after = try alice.pipeline("run", "deploy")
        #expect(after.exit == .exited(0), "\(after.standardErrorText) \(after.standardOutputText)")
        #expect(try alice.label() != live)
        #expect(
            try FileSystem.readText("\(alice.root)/\(slot)/data/compiled/line.txt")
                == "DATA OF BOB\n")
    }

    @Test("D14, D24: a label of somebody else's is refused; a client that gives up reports it")
    func unknownEnds() throws {
        let project = try transferProject()
        let file = "pipeline/environments/aws.yaml"
        try project.site.write(
            file,
            try FileSystem.readText("\(project.site.root)/\(file)").replacing(
                "files: site,", with: "files: site, timeout: 2s,"))
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-env": {"filesystem":
              "\(project.fileSystem)", "deploy_seconds": 8}}}}
            """)
        let slow = try project.pipeline("run", "deploy")
        #expect(slow.exit == .exited(6), "\(slow.standardErrorText)")
        #expect(slow.standardErrorText.contains("error[update-goes-on]"))
        #expect(slow.standardErrorText.contains("is still in progress"))
        // The next one takes the same update up, and starts no other.
        try project.site.write(
            file,
            try FileSystem.readText("\(project.site.root)/\(file)").replacing(
                "timeout: 2s", with: "timeout: 60s"))
        try standIn.forgetJournal()
        let next = try project.pipeline("run", "deploy")
        #expect(next.exit == .exited(0), "\(next.standardErrorText)")
        #expect(try !standIn.calls().contains("elasticbeanstalk:UpdateEnvironment"))
    }

    /// Runs after the others, whose calls it looks at; a deployment of its own makes sure of some.
    @Test("the policies of the guides allow what the program calls, and no more services than that")
    func policies() throws {
        #expect(try transferProject().pipeline("run", "deploy").exit == .exited(0))
        try Policy.hold(standIn, guides: ["beanstalk", "route-transfer"])
    }
}
