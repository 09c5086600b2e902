import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// What an operator does and may not do at AWS, on the built program against its stand-in.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudOperationTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
    }

    private func transferProject() throws -> CloudProject {
        try CloudProject(standIn, data: "route: transfer, file_system: FS, root: site, slots: 2")
    }

    @Test("C4, C39, D5: doctor sees what is left over and still billed, and --fix takes it away")
    func doctor() throws {
        let project = try transferProject()
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        try standIn.forgetJournal()
        let healthy = try project.pipeline("doctor")
        #expect(healthy.standardOutputText.contains("nothing that costs"))
        let calls = try standIn.calls()
        #expect(
            calls.allSatisfy { $0.firstMatch(of: /:(Get|Describe|List|Head)/) != nil }, "\(calls)")

        // Killed with the server made and not yet recorded.
        try project.site.write("raw.txt", "second data\n")
        try standIn.faults("[{\"match\": \"transfer:CreateServer\", \"do\": \"hold-reply\"}]")
        let victim = try ChildProcess(
            project.command(["run", "sync"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.get("faults").contains("\"held\": 1") }
        victim.signal(9)
        _ = victim.wait()
        try standIn.faults("[]")
        #expect(try standIn.paid() != "[]")
        let sick = try project.pipeline("doctor")
        #expect(sick.exit == .exited(1))
        #expect(sick.standardOutputText.contains("is billed: about 0.30 USD an hour"))
        _ = try project.pipeline("doctor", "--fix", "--yes")
        #expect(try standIn.paid() == "[]")
        let open = try project.site.shell(
            "sqlite3 .pipeline/ledger.sqlite 'select count(*) from leases where ended_ms is null'")
        #expect(open.standardOutputText == "0\n")
    }

    @Test("C46, C49, C52: the instances' role, the memory they tell of, and recommendations")
    func instances() throws {
        let project = try transferProject()
        let role = "role-\(project.name)"
        try standIn.aws(
            "iam", "create-role", "--role-name", role, "--assume-role-policy-document", "{}")
        try standIn.aws(
            "iam", "create-instance-profile", "--instance-profile-name", project.name)
        try standIn.aws(
            "iam", "add-role-to-instance-profile", "--instance-profile-name", project.name,
            "--role-name", role)
        try standIn.aws(
            "elasticbeanstalk", "update-environment", "--environment-name",
            "\(project.name)-env", "--option-settings",
            "Namespace=aws:autoscaling:launchconfiguration,OptionName=IamInstanceProfile,"
                + "Value=\(project.name)")
        try project.site.write(
            "site/.ebextensions/memory.config",
            """
            packages: { yum: { amazon-cloudwatch-agent: [] } }
            commands: { watch: { command: "echo mem_used_percent" } }
            """)
        let poor = try project.pipeline("doctor").standardOutputText
        #expect(poor.contains("\(role): no policies"), "\(poor)")
        #expect(poor.contains("measured by memory.config"))
        #expect(poor.contains("--policy-arn arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"))
        #expect(poor.contains("Compute Optimizer is inactive"))
        for policy in [
            "CloudWatchAgentServerPolicy", "AmazonElasticFileSystemClientReadWriteAccess",
        ] {
            try standIn.aws(
                "iam", "attach-role-policy", "--role-name", role, "--policy-arn",
                "arn:aws:iam::aws:policy/\(policy)")
        }
        let rich = try project.pipeline("doctor").standardOutputText
        #expect(rich.contains("AmazonElasticFileSystemClientReadWriteAccess, CloudWatchAgent"))
        #expect(!rich.contains("attach-role-policy"), "\(rich)")
    }

    @Test("Security 4: an image with a secret or with data is not published")
    func leaks() throws {
        let project = try transferProject()
        try project.site.write(
            "site/Dockerfile", SiteProject.dockerfile + "COPY extra /app/extra\n")
        try project.site.write("site/extra/.netrc", "PASSWORD=1\n")
        try standIn.forgetJournal()
        let refused = try project.pipeline("run", "push")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("error[leaks-found]"))
        #expect(
            refused.standardErrorText.contains("credential-file"), "\(refused.standardErrorText)")
        #expect(try !standIn.calls().contains("registry:PushManifest"))
        try project.site.write(
            "pipeline/pipeline.yaml",
            SiteProject.definition.replacing(
                "kind: push, needs: image",
                with: "kind: push, needs: image, allow: [\"credential-file *extra/.netrc\"]"))
        let allowed = try project.pipeline("run", "push")
        #expect(allowed.exit == .exited(0), "\(allowed.standardErrorText)")
    }

    @Test("Security 1: the secrets of the operator are found nowhere")
    func secrets() throws {
        let project = try transferProject()
        let secret = standIn.secret()
        #expect(secret.count > 20)
        // What other users of this machine can see, for as long as the run lasts.
        let output = "\(project.site.root)/output.txt"
        let script = """
            "$@" > \(output) 2>&1 & pid=$!
            while kill -0 $pid 2>/dev/null; do ps -eo args; sleep 0.05; done > \(output).ps
            wait $pid
            """
        let command = project.command(["run", "deploy", "--json", "-v"])
        let run = try ProcessRunner.run(
            ProcessCommand(
                ["sh", "-c", script, "sh"] + command.arguments, environment: command.environment,
                directory: command.directory), timeout: 240)
        #expect(run.exit == .exited(0))
        #expect(try FileSystem.readText(output + ".ps").contains("docker"))
        let image = try project.site.shell(
            "docker save $(grep -oE 'tiny:[0-9a-f]{12}' output.txt | head -n 1) > image.tar; python3 -m zipfile -e "
                + "$(ls .pipeline/environments/aws/bundles/*.zip) bundle; grep -c app/app.py image.tar"
        )
        #expect((Int(image.standardOutputText.filter(\.isNumber)) ?? 0) > 0, "it is this image")
        // In outputs, the list of processes, the ledger, the bundle and the image.
        let found = try ProcessRunner.run(
            ProcessCommand(["grep", "-rlF", "--", secret, project.site.root]))
        #expect(found.exit == .exited(1), "\(found.standardOutputText)")
        #expect(try !standIn.journal().contains(secret))
        let password = try project.site.shell("grep -cE -- '--password |-p AWS' output.txt.ps")
        #expect(password.standardOutputText == "0\n", "passwords go over standard input")
    }

    @Test("C14, C15, C29, C34, C51: looked at, restarted, verified, unlocked and pruned")
    func operating() throws {
        let project = try transferProject()
        let run = try project.pipeline("run", "deploy")
        let address = run.standardOutputText
        #expect(try project.pipeline("open", "--print").standardOutputText == address)
        let events = try project.pipeline("logs", "--events").standardOutputText
        #expect(events.contains("INFO"))
        let logs = try project.pipeline("logs", "--instances")
        #expect(
            logs.standardOutputText.contains("zz_pipeline_check.sh"), "\(logs.standardErrorText)")
        #expect(!(logs.standardOutputText + logs.standardErrorText).contains("Signature"))
        let restarted = try project.pipeline("restart")
        #expect(restarted.exit == .exited(0), "\(restarted.standardErrorText)")
        #expect(restarted.standardOutputText == address)

        // Looking into a slot makes a server, and takes it away again.
        let verified = try project.pipeline("verify", "--remote")
        #expect(verified.exit == .exited(0), "\(verified.standardErrorText)")
        #expect(try standIn.paid() == "[]")
        _ = try project.site.shell("echo altered > \(project.root)/a/data/compiled/line.txt")
        let drift = try project.pipeline("verify", "--remote")
        #expect(drift.exit == .exited(5))
        #expect(drift.standardOutputText.contains("line.txt"))
        #expect(try project.pipeline("data", "list").standardOutputText.contains("a/"))

        #expect(try project.pipeline("unlock").standardErrorText.contains("nobody holds"))

        // Three images; the newest is live, the one before is what a rollback brings back.
        for code in ["second", "third"] {
            try project.site.writeApp(code: code)
            #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        }
        let asked = try project.pipeline("prune", "--keep", "1")
        #expect(asked.exit == .exited(1), "nobody is there to confirm")
        let pruned = try project.pipeline("prune", "--keep", "1", "--yes")
        #expect(pruned.exit == .exited(0), "\(pruned.standardErrorText)")
        #expect(pruned.standardOutputText.split(separator: "\n").count == 1)
        #expect(try project.pipeline("prune", "--keep", "1", "--dry-run").standardOutputText == "")
        #expect(try project.pipeline("rollback").exit == .exited(0))
    }

    /// A sample of what `Tests/aws/drill.py` does for every step and fault.
    @Test(
        "D3 to D5, D10: cells of the fault drill",
        arguments: [("server made", "kill after"), ("environment updated", "lose reply")])
    func drill(_ step: String, _ fault: String) throws {
        let root = String(
            #filePath.dropLast("Tests/EndToEnd/Cloud/CloudOperationTests.swift".count))
        let output = try ProcessRunner.run(
            ProcessCommand(
                [
                    AWSStandIn.python ?? "python3", "\(root)Tests/aws/drill.py", "--step", step,
                    "--fault", fault, "--tool", SiteProject.tool,
                ], environment: ["PYTHONPATH": "\(root)Tests/aws"]), timeout: 300)
        #expect(output.exit == .exited(0), "\(output.standardOutputText)")
        #expect(output.standardOutputText.contains("1 of 1 are green"))
    }

    @Test("D6, D9, Security 7: wrong account, no credentials, and an endpoint that all can read")
    func refusals() throws {
        let project = try transferProject()
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        try project.site.write(file, text.replacing(standIn.account, with: "999999999999"))
        try standIn.forgetJournal()
        let wrong = try project.pipeline("run", "push")
        #expect(wrong.exit == .exited(1))
        #expect(wrong.standardErrorText.contains("error[wrong-account]"))
        #expect(wrong.standardErrorText.contains("nothing was asked or changed"))
        #expect(try !standIn.calls().contains("registry:PushManifest"))
        try project.site.write(file, text)
        let nobody = try ProcessRunner.run(
            ProcessCommand(
                [SiteProject.tool, "run", "push", "-e", "aws"],
                environment: standIn.environment().merging([
                    "AWS_ACCESS_KEY_ID": "AKIDNOBODY", "AWS_SECRET_ACCESS_KEY": "none",
                ]) { $1 }, directory: project.site.root))
        #expect(nobody.exit == .exited(7), "\(nobody.standardErrorText)")
        #expect(nobody.standardErrorText.contains("error[aws-credentials]"))
        #expect(nobody.standardErrorText.contains("Sign in again"))
        try project.site.write(
            file, text.replacing(standIn.endpoint, with: "http://aws.example.org"))
        let open = try project.pipeline("run", "push")
        #expect(open.exit == .exited(1))
        #expect(open.standardErrorText.contains("neither https nor on this machine"))
    }

    /// Runs after the others, whose calls it looks at; a deployment of its own makes sure of some.
    @Test("the policies of the guides allow what the program calls, and no more services than that")
    func policies() throws {
        #expect(try transferProject().pipeline("run", "deploy").exit == .exited(0))
        try Policy.hold(standIn, guides: ["beanstalk", "route-transfer"])
    }
}
