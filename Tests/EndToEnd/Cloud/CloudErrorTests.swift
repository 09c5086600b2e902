import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// Errors of AWS that are reported before anything is deployed, made to happen by the stand-in, on the built program.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudErrorTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
        try standIn.world(
            #"{"transfer": {"start_failed": false, "online_after": 0}, "backup": {"outcome": "COMPLETED", "job_takes": 0}}"#
        )
    }

    private func transferProject(_ more: String = "") throws -> CloudProject {
        try CloudProject(
            standIn, data: "route: transfer, file_system: FS, root: site, slots: 2\(more)")
    }

    private func expect(
        _ error: String, _ output: ProcessOutput, location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            output.standardErrorText.contains(error), "\(output.standardErrorText)",
            sourceLocation: location)
        #expect(output.exit != .exited(0), sourceLocation: location)
    }

    @Test("the record of an environment that is no record, or of a newer program's, is not used")
    func record() throws {
        let project = try transferProject()
        for (text, error) in [
            ("half a rec", "error[record-damaged]"),
            (
                #"{"format": 3, "fence": 0, "slots": {}, "nonce": ""}"#, "error[record-newer]"
            ),
        ] {
            try project.site.write("record.json", text)
            try standIn.aws(
                "s3api", "put-object", "--bucket", "bucket-\(project.name)", "--key",
                "pipeline/aws/record.json", "--body", "\(project.site.root)/record.json")
            let run = try project.pipeline("run", "sync")
            expect(error, run)
            #expect(!run.standardErrorText.contains("s3 rm"), "nothing proposes to delete it")
        }
    }

    @Test("a record that the bucket does not take, though nobody else writes it")
    func unwritable() throws {
        let project = try transferProject()
        try standIn.faults(#"[{"match": "s3:PutObject", "do": "drop", "times": 0}]"#)
        expect("error[record-unwritable]", try project.pipeline("run", "sync"))
    }

    @Test("without a release nothing is restarted")
    func unreleased() throws {
        expect("error[not-released]", try transferProject().pipeline("restart"))
    }

    @Test("who has lost the lease meanwhile changes nothing, and takes away what costs")
    func lost() throws {
        let project = try transferProject()
        let bucket = "bucket-\(project.name)"
        try project.site.write(
            "take.py",
            """
            import json
            record = json.load(open("record.json"))
            record.update(fence=record["fence"] + 1, nonce="", holder={"name": "carol", "identity": "carol",
              "reason": "deploy", "since": 0, "until": 9999999999})
            json.dump(record, open("record.json", "w"))
            """)
        // Between the lease and the first change.
        try project.site.write(
            "tools/ssh-keygen",
            """
            #!/bin/sh
            PATH=${PATH#*:}
            ask() { aws s3api "$@" --bucket \(bucket) --region \(standIn.region) \
              --endpoint-url \(standIn.endpoint); }
            key=$(ask list-objects-v2 --output text \
              --query "Contents[?ends_with(Key, 'record.json')].Key | [0]")
            { ask get-object --key "$key" record.json && python3 take.py \
              && ask put-object --key "$key" --body record.json; } >&2
            exec ssh-keygen "$@"

            """)
        let sync = try withTool("ssh-keygen", project, "run", "sync")
        expect("error[lease-lost]", sync)
        #expect(sync.standardErrorText.contains("carol has taken the lease"))
        #expect(try standIn.paid() == "[]")
        #expect(try FileSystem.entries(of: project.root).isEmpty)
    }

    @Test("credentials that end soon are reported before a step of minutes")
    func credentials() throws {
        let project = try transferProject()
        let soon = Date.ISO8601FormatStyle().format(Date(timeIntervalSinceNow: 100))
        try project.site.write(
            "tools/aws",
            """
            #!/bin/sh
            PATH=${PATH#*:}
            [ "$1" = configure ] || exec aws "$@"
            echo '{"Version": 1, "Expiration": "\(soon)"}'

            """)
        expect("error[credentials-short]", try withTool("aws", project, "run", "sync"))
    }

    @Test("a server that does not start, has no keys to be reached with, or cannot be deleted")
    func server() throws {
        let project = try transferProject()
        try standIn.world(#"{"transfer": {"start_failed": true}}"#)
        expect("error[transfer-not-started]", try project.pipeline("run", "sync"))
        try standIn.world(#"{"transfer": {"start_failed": false}}"#)
        #expect(try standIn.paid() == "[]")
        try project.site.write("tools/ssh-keygen", "#!/bin/sh\necho no entropy >&2\nexit 1\n")
        expect("error[transfer-key-making]", try withTool("ssh-keygen", project, "run", "sync"))
        #expect(try standIn.paid() == "[]")
        try standIn.faults(
            #"[{"match": "transfer:DeleteServer", "do": "error", "code": "ConflictException", "status": 409, "times": 0}]"#
        )
        expect("error[transfer-not-deleted]", try project.pipeline("run", "sync"))
        try standIn.faults("[]")
        _ = try project.pipeline("doctor", "--fix", "--yes")
        #expect(try standIn.paid() == "[]")
    }

    @Test("a server that somebody deletes before it is there")
    func gone() throws {
        let project = try transferProject()
        try standIn.world(#"{"transfer": {"online_after": 600}}"#)
        try standIn.forgetJournal()
        let said = "\(project.site.root)/said.txt"
        let sync = try ChildProcess(
            project.command(["run", "sync"]), standardOutput: .null,
            standardError: .file(said, append: false))
        try Await.that { try standIn.calls().contains("transfer:DescribeServer") }
        let server = try standIn.aws(
            "transfer", "list-servers", "--query", "Servers[].ServerId | [0]"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        try standIn.aws("transfer", "delete-server", "--server-id", server)
        #expect(sync.wait() == .exited(1))
        let text = try FileSystem.readText(said)
        #expect(text.contains("error[transfer-gone]"), "\(text)")
        #expect(try standIn.paid() == "[]")
    }

    @Test("a backup that fails, or takes longer than is waited, comes before any slot is touched")
    func backup() throws {
        let project = try transferProject(
            ", backup: { vault: vault, role: backup, within: 1s }")
        try standIn.aws("backup", "create-backup-vault", "--backup-vault-name", "vault")
        try standIn.world(#"{"backup": {"outcome": "FAILED", "message": "no such luck"}}"#)
        expect("error[backup-failed]", try project.pipeline("run", "sync"))
        try project.site.write("raw.txt", "other data\n")
        try standIn.world(#"{"backup": {"outcome": "COMPLETED", "job_takes": 600}}"#)
        expect("error[backup-goes-on]", try project.pipeline("run", "sync"))
        #expect(try standIn.paid() == "[]")
        #expect(try FileSystem.entries(of: project.root).isEmpty)
    }

    @Test("an instance that is not there, is gone for good or has no such name; a stack without it")
    func instance() throws {
        let made = try standIn.aws(
            "ec2", "run-instances", "--image-id", "ami-0c2023a1b2c3d4e5f", "--instance-type",
            "t3.micro", "--query", "Instances[0].InstanceId")
        let instance = made.standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        try standIn.aws("ec2", "terminate-instances", "--instance-ids", instance)
        let project = try CloudProject(
            standIn, data: "route: bucket, file_system: FS, root: site, slots: 2, bucket: {}")
        try standIn.aws(
            "cloudformation", "create-stack", "--stack-name", "stack-\(project.name)",
            "--template-body",
            #"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"A": {"Value": "a"}}}"#
        )
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        let bucket = "bucket: bucket-\(project.name), instance:"
        for (place, error) in [
            ("\(bucket) i-0123456789abcdef0", "error[instance-missing]"),
            ("\(bucket) \(instance)", "error[instance-not-running]"),
            ("\(bucket) 'i 1'", "error[bucket-name]"),
            (
                "stack: stack-\(project.name), bucket: Transfer, instance: A",
                "error[stack-output-missing]"
            ),
        ] {
            try project.site.write(
                file, text.replacing("bucket: {}", with: "bucket: { \(place) }"))
            expect(error, try project.pipeline("run", "sync"))
        }
        #expect(try standIn.paid() == "[]")
    }

    /// With a program of the project's own in the place of the one of this name.
    private func withTool(
        _ name: String, _ project: CloudProject, _ words: String...
    ) throws -> ProcessOutput {
        try FileSystem.changeMode("\(project.site.root)/tools/\(name)", to: 0o755)
        var command = project.command(words)
        let path = (command.environment["PATH"] ?? nil) ?? ""
        command.environment["PATH"] = "\(project.site.root)/tools:\(path)"
        let output = try ProcessRunner.run(command, timeout: 240)
        try FileSystem.remove("\(project.site.root)/tools/\(name)")
        return output
    }
}
