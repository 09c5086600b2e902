import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// Ways to data that costs while it is reached, on the built program against the stand-in for AWS: a bucket with an
/// instance, and a server that goes away.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudTransportTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
    }

    /// A project by way of a bucket and an instance that is off, which a stack's outputs name.
    private func bucketProject() throws -> (CloudProject, instance: String) {
        let made = try standIn.aws(
            "ec2", "run-instances", "--image-id", "ami-0c2023a1b2c3d4e5f", "--instance-type",
            "t3.micro", "--query", "Instances[0].InstanceId")
        let instance = made.standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        try standIn.aws("ec2", "stop-instances", "--instance-ids", instance)
        let project = try CloudProject(
            standIn, data: "route: bucket, file_system: FS, root: site, slots: 2, bucket: {}")
        try standIn.aws(
            "cloudformation", "create-stack", "--stack-name", "stack-\(project.name)",
            "--template-body",
            """
            {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {
              "Transfer": {"Value": "bucket-\(project.name)"}, "Management": {"Value": "\(instance)"}}}
            """)
        let file = "pipeline/environments/aws.yaml"
        try project.site.write(
            file,
            try FileSystem.readText("\(project.site.root)/\(file)").replacing(
                "bucket: {}",
                with:
                    "bucket: { stack: stack-\(project.name), bucket: Transfer, instance: Management }"
            ))
        return (project, instance)
    }

    @Test("R10, R17, R20: by bucket and instance, which is stopped only by who started it")
    func bucket() throws {
        let (project, instance) = try bucketProject()
        try project.site.write("data/compiled/odd 'name'\n\"é\".txt", "odd")
        let first = try project.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let slot = "\(project.root)/a/data/compiled"
        #expect(try FileSystem.readText("\(slot)/line.txt") == "FIRST DATA\n")
        #expect(try FileSystem.readText("\(slot)/odd 'name'\n\"é\".txt") == "odd")
        #expect(try standIn.paid() == "[]", "the instance is off again")
        #expect(try state(of: instance) != "running")
        let left = try standIn.aws(
            "s3api", "list-objects-v2", "--bucket", "bucket-\(project.name)", "--prefix",
            "pipeline/aws/tmp/", "--query", "length(Contents || `[]`)")
        #expect(left.standardOutputText.filter { $0.isNumber } == "0", "nothing is left on its way")

        // Running already, it is somebody's: it stays on.
        try standIn.aws("ec2", "start-instances", "--instance-ids", instance)
        try project.site.write("raw.txt", "second data\n")
        let second = try project.pipeline("run", "deploy")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try state(of: instance) == "running")

        // Killed while a command goes on there: the next run clears up and ends right.
        try standIn.aws("ec2", "stop-instances", "--instance-ids", instance)
        try project.site.write("raw.txt", "third data\n")
        try standIn.faults(
            "[{\"match\": \"ssm:GetCommandInvocation\", \"nth\": 2, \"do\": \"hang\"}]")
        let victim = try ChildProcess(
            project.command(["run", "deploy"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.get("faults").contains("\"happened\": 1") }
        victim.signal(9)
        _ = victim.wait()
        try standIn.faults("[]")
        let third = try project.pipeline("run", "deploy")
        #expect(third.exit == .exited(0), "\(third.standardErrorText)")
        #expect(try FileSystem.readText("\(slot)/line.txt") == "THIRD DATA\n")
        #expect(try state(of: instance) != "running", "who started it stops it, also after a kill")
        try expectAllowed("ssm:SendCommand")
    }

    @Test(
        "R11, R12, R13, R14, R15, R18: a session on the instance while data is sent, and data by hand"
    )
    func shell() throws {
        let (project, instance) = try bucketProject()
        // What AWS's own program for sessions is called with; it lasts as long as its input.
        try project.site.write(
            "tools/session-manager-plugin",
            """
            #!/bin/sh
            [ "$1" = --version ] && exit 0
            printf '%s\n' "$3 $5" > \(project.site.root)/session.txt
            cat > /dev/null
            """)
        try FileSystem.changeMode("\(project.site.root)/tools/session-manager-plugin", to: 0o755)
        var command = project.command(["shell"])
        let path = (command.environment["PATH"] ?? nil) ?? ""
        let none = try ProcessRunner.run(command, timeout: 60).standardErrorText
        #expect(none.contains("error[session-plugin-missing]"), "\(none)")
        #expect(none.contains("session-manager-plugin\", which was not found"))
        command.environment["PATH"] = "\(project.site.root)/tools:\(path)"
        let shell = try ChildProcess(command, standardInput: .pipe, standardError: .null)
        try Await.that { try FileSystem.status("\(project.site.root)/session.txt") != nil }
        #expect(
            try FileSystem.readText("\(project.site.root)/session.txt").contains(
                "StartSession {\"Target\": \"\(instance)\"}"))

        try expectAllowed("ssm:StartSession")

        // Meanwhile data is sent, and the instance stays on for the session.
        let sync = try project.pipeline("run", "sync")
        #expect(sync.exit == .exited(0), "\(sync.standardErrorText)")
        #expect(try state(of: instance) == "running")
        shell.closeStandardInput()
        #expect(shell.wait() == .exited(0))
        #expect(try state(of: instance) != "running")

        // By hand, relative to the root: listed, sent, overwritten, fetched, deleted.
        let list = try project.pipeline("data", "list", "a", "-r")
        #expect(list.standardOutputText.contains("a/data/compiled/line.txt"))
        try project.site.write("tile.bin", "tile")
        let put = try project.pipeline("data", "put", "tile.bin", "cache/regional")
        #expect(put.exit == .exited(0), "\(put.standardErrorText)")
        #expect(try FileSystem.readText("\(project.root)/cache/regional/tile.bin") == "tile")
        let refused = try project.pipeline("data", "put", "tile.bin", "a/data/compiled")
        #expect(refused.exit == .exited(1))
        let forced = try project.pipeline("data", "put", "tile.bin", "a/data/compiled", "--force")
        #expect(forced.exit == .exited(0), "\(forced.standardErrorText)")
        let removed = try project.pipeline("data", "remove", "cache/regional", "--yes")
        #expect(removed.exit == .exited(0), "\(removed.standardErrorText)")
        #expect(try FileSystem.status("\(project.root)/cache/regional/tile.bin") == nil)
        // The record shows that the slot was changed by hand.
        let again = try project.pipeline("run", "sync")
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(try FileSystem.status("\(project.root)/a/data/compiled/tile.bin") == nil)
        #expect(try state(of: instance) != "running")
        #expect(try standIn.paid() == "[]")
    }

    @Test("D30: a server that somebody deletes while data is sent is noticed, and another one made")
    func deletedServer() throws {
        let project = try CloudProject(
            standIn,
            data: "route: transfer, file_system: FS, root: site, slots: 2, bandwidth: 2M")
        try project.site.write(
            "data/compiled/large.bin", String(repeating: "0123456789", count: 800_000))
        try standIn.forgetJournal()
        let run = try ChildProcess(
            project.command(["run", "sync"]), standardOutput: .null, standardError: .pipe)
        let partial = "\(project.root)/a"
        try Await.that { try FileSystem.status(partial) != nil }
        let servers = try standIn.aws(
            "transfer", "list-servers", "--query", "Servers[].ServerId | [0]"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        try standIn.aws("transfer", "delete-server", "--server-id", servers)
        let text = try Self.all(of: run)
        #expect(run.wait() == .exited(0), "\(text)")
        #expect(text.contains("deleted by somebody else"), "\(text)")
        #expect(try standIn.calls().filter { $0 == "transfer:CreateServer" }.count == 2)
        #expect(
            try FileSystem.status("\(project.root)/a/data/compiled/large.bin")?.size == 8_000_000)
        #expect(try standIn.paid() == "[]")
        try expectAllowed("transfer:CreateServer")
    }

    /// What was called on this stand-in so far is what the policies of the guides allow.
    private func expectAllowed(_ action: String) throws {
        let allowed = try ["beanstalk", "route-transfer", "route-bucket"].map(Policy.actions)
            .reduce(Set()) { $0.union($1) }
        let needed = Set(try standIn.allCalls().compactMap(Policy.action))
        #expect(needed.contains(action))
        #expect(needed.subtracting(allowed) == [])
        #expect(allowed.allSatisfy { !$0.contains("*") })
    }

    /// All that a process says on its standard error until it ends.
    private static func all(of process: ChildProcess) throws -> String {
        var text: [UInt8] = []
        while case let bytes = try Descriptors.read(process.standardError ?? -1, upTo: 4096),
            !bytes.isEmpty
        { text += bytes }
        return String(decoding: text, as: UTF8.self)
    }

    private func state(of instance: String) throws -> String {
        try standIn.aws(
            "ec2", "describe-instances", "--instance-ids", instance, "--query",
            "Reservations[0].Instances[0].State.Name"
        ).standardOutputText.filter { $0.isLetter }
    }
}
