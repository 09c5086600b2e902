import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// The whole chain on the built program with services of ECS, as the stand-in for AWS runs them.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct ServicesReleaseTests {
    private static let shared = Result { try AWSStandIn("--docker") }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
    }

    @Test("A1, A4, A12: deployed, nothing to do, code alone, data alone, and back")
    func releases() throws {
        let project = try ServicesProject(standIn)
        let first = try project.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let address = first.standardOutputText.filter { !$0.isWhitespace }
        #expect(try health(address).contains("\"release\": \"1\""))

        // Each service sees the data as the environment's file says, and keeps what is its own.
        let mount = "containerDefinitions[0].mountPoints[0].readOnly"
        #expect(try project.running("api", mount) == "false")
        #expect(try project.running("ui", mount) == "true")
        let folder = "volumes[0].efsVolumeConfiguration.rootDirectory"
        #expect(try project.running("ui", folder) == "/site/a/data")
        #expect(try project.running("other", folder) == "/")
        #expect(
            try project.running("ui", "containerDefinitions[0].dockerLabels")
                == "{Owner.Team:Reefs}")
        #expect(try project.running("ui", "tags") == "[{key:Team,value:Reefs}]")
        for service in ["api", "ui", "other"] {
            #expect(try project.version(service).hasPrefix("r1-a-"))
        }

        // Nothing to do: nothing is made, and few questions are asked.
        try standIn.forgetJournal()
        let again = try project.pipeline("run", "deploy", "--json")
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(!again.standardOutputText.contains("unit-started"))
        let calls = try standIn.calls()
        #expect(calls.count <= 8, "\(calls)")
        #expect(
            calls.allSatisfy { $0.firstMatch(of: /:(Get|Describe|List|Head)/) != nil }, "\(calls)")

        // Code alone: no server is made, no data is sent.
        try project.site.writeApp(code: "second code")
        let code = try project.pipeline("run", "deploy")
        #expect(code.exit == .exited(0), "\(code.standardErrorText)")
        #expect(try !standIn.calls().contains("transfer:CreateServer"))
        #expect(try project.version("other").hasPrefix("r2-a-"))

        // Data alone: nothing is built or pushed.
        try project.site.write("raw.txt", "second data\n")
        try standIn.forgetJournal()
        let data = try project.pipeline("run", "deploy")
        #expect(data.exit == .exited(0), "\(data.standardErrorText)")
        #expect(try !standIn.calls().contains("registry:PushManifest"))
        let order = try standIn.calls().filter {
            ["backup:StartBackupJob", "transfer:CreateServer", "ecs:UpdateService"].contains($0)
        }
        #expect(
            order.first == "backup:StartBackupJob",
            "the backup is made before what costs and the change")
        #expect(try project.running("api", folder) == "/site/b/data")

        // Back: all services, to code and data.
        let back = try project.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        for service in ["api", "ui", "other"] {
            #expect(try project.version(service).hasPrefix("r2-a-"))
        }
        #expect(try health(address).contains("\"release\": \"2\""))
        #expect(try project.running("ui", folder) == "/site/a/data")

        // A third data release takes the slot of the second, so going back to that fills a slot first.
        try project.site.write("raw.txt", "third data\n")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        #expect(try project.version("ui").hasPrefix("r4-b-"))
        let refilled = try project.pipeline("rollback", "--to", "3")
        #expect(refilled.exit == .exited(0), "\(refilled.standardErrorText)")
        #expect(try project.version("ui").hasPrefix("r3-a-"))
        #expect(
            try FileSystem.readText("\(project.root)/a/data/compiled/line.txt") == "SECOND DATA\n")
        let doctor = try project.pipeline("doctor")
        #expect(doctor.standardOutputText.contains("1 of 1 tasks, runs r3-a-"))
        #expect(doctor.standardOutputText.contains("not encrypted on the way"))
        #expect(doctor.standardOutputText.contains("the newest of"), "\(doctor.standardOutputText)")
        let restarted = try project.pipeline("restart")
        #expect(restarted.exit == .exited(0), "\(restarted.standardErrorText)")
        #expect(try project.pipeline("open", "--print").standardOutputText.contains(address))
        try checkPolicy()
    }

    /// The guide's policy allows what was called.
    private func checkPolicy() throws {
        let allowed = try ["ecs", "route-transfer"].map(Policy.actions)
            .reduce(Set()) { $0.union($1) }
        let needed = Set(try standIn.allCalls().compactMap(Policy.action))
        #expect(needed.contains("ecs:UpdateService"))
        #expect(needed.subtracting(allowed) == [])
        #expect(allowed.allSatisfy { !$0.contains("*") })
    }

    @Test(
        "D20, D22: a release that does not start is followed by the one before it, in all services")
    func fallsBack() throws {
        let project = try ServicesProject(standIn)
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        try project.site.writeApp(code: "second code", behaviour: "sys.exit(3)")
        let bad = try project.pipeline("run", "deploy")
        #expect(bad.exit == .exited(1), "\(bad.standardErrorText)")
        #expect(
            bad.standardErrorText.contains("error[service-went-back]"), "\(bad.standardErrorText)")
        #expect(bad.standardErrorText.contains("Release 1 goes on answering"))
        for service in ["api", "ui", "other"] {
            #expect(try project.version(service).hasPrefix("r1-a-"))
        }
    }

    @Test("D68: the lines of the container that failed are reported, from where its log goes")
    func siteLog() throws {
        let project = try ServicesProject(standIn)
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        // What the containers of Amazon's would send there.
        let group = "/ecs/\(project.name)"
        try standIn.aws("logs", "create-log-group", "--log-group-name", group)
        try standIn.aws(
            "logs", "create-log-stream", "--log-group-name", group, "--log-stream-name",
            "api/web/0a1b")
        let now = Timestamp.now().nanoseconds / 1_000_000
        let lines =
            ["Traceback (most recent call last):", "RuntimeError: database password missing"]
            + (1...20).map { "[ERROR] worker line \($0)" }
        let events = lines.enumerated().map {
            #"{"timestamp": \#(now + Int64($0)), "message": "\#($1)"}"#
        }
        try project.site.write("events.json", "[\(events.joined(separator: ","))]")
        try standIn.aws(
            "logs", "put-log-events", "--log-group-name", group, "--log-stream-name",
            "api/web/0a1b", "--log-events", "file://\(project.site.root)/events.json")
        try project.site.writeApp(code: "second code", behaviour: "sys.exit(3)")
        let bad = try project.pipeline("run", "deploy")
        #expect(bad.exit == .exited(1), "\(bad.standardErrorText)")
        #expect(
            bad.standardErrorText.contains("RuntimeError: database password missing"),
            "\(bad.standardErrorText)")
        #expect(bad.standardErrorText.contains("log: .pipeline/environments/aws/sites/site-2.log"))
        let all = try project.pipeline("logs", "--site").standardOutputText
        #expect(all.contains("worker line 1"), "\(all)")
    }

    @Test("D11: a service that somebody else changes is waited for, and never broken off")
    func busy() throws {
        let project = try ServicesProject(standIn, extra: "patience: 1s")
        try standIn.world(#"{"ecs": {"rollout_takes": 600}}"#)
        try standIn.aws(
            "ecs", "update-service", "--cluster", project.name, "--service",
            "api-\(project.name)", "--force-new-deployment")
        let busy = try project.pipeline("run", "deploy")
        try standIn.world(#"{"ecs": {"rollout_takes": 0}}"#)
        #expect(busy.exit != .exited(0))
        #expect(
            busy.standardErrorText.contains("error[service-busy]"), "\(busy.standardErrorText)")
        #expect(busy.standardErrorText.contains("never broken off"))
    }

    @Test("D24: killed while services are updated, a run is resumed by the next one")
    func takenUp() throws {
        let project = try ServicesProject(standIn)
        try standIn.faults(
            #"[{"match": "ecs:UpdateService", "nth": 2, "do": "hold-reply", "seconds": 3}]"#)
        try standIn.forgetJournal()
        let victim = try ChildProcess(
            project.command(["run", "deploy"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.get("faults").contains("\"held\": 1") }
        victim.signal(9)
        _ = victim.wait()
        // The call that was held enters the journal when it ends.
        try Await.that { try standIn.calls().count { $0 == "ecs:UpdateService" } == 2 }
        try standIn.faults("[]")
        try standIn.forgetJournal()
        let next = try project.pipeline("run", "deploy")
        #expect(next.exit == .exited(0), "\(next.standardErrorText)")
        let calls = try standIn.calls()
        #expect(calls.filter { $0 == "ecs:UpdateService" }.count <= 2, "\(calls)")
        for service in ["api", "ui", "other"] {
            #expect(try project.version(service).hasPrefix("r1-a-"))
        }
    }

    @Test("a service that is not there, and a container that does not mount the volume, are named")
    func wrongServices() throws {
        let project = try ServicesProject(standIn)
        try standIn.forgetJournal()
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        try project.site.write(file, text.replacing("name: ui-", with: "name: uo-"))
        let missing = try project.pipeline("run", "deploy")
        #expect(missing.exit == .exited(1))
        #expect(missing.standardErrorText.contains("error[no-such-service]"))
        #expect(
            missing.standardErrorText.contains("there is no service"),
            "\(missing.standardErrorText)")
        try project.site.write(file, text.replacing("access: none", with: "access: read-only"))
        let unmounted = try project.pipeline("run", "deploy")
        #expect(unmounted.exit == .exited(1))
        #expect(unmounted.standardErrorText.contains("error[task-not-mounted]"))
        #expect(
            unmounted.standardErrorText.contains("does not mount volume"),
            "\(unmounted.standardErrorText)")
        let calls = try standIn.calls()
        #expect(!calls.contains("ecs:UpdateService"), "\(calls)")

        let lines = text.split(separator: "\n").filter { !$0.contains("  url: ") }
        try project.site.write(file, lines.joined(separator: "\n"))
        let lost = try project.pipeline("open", "--print")
        #expect(lost.standardErrorText.contains("error[no-address]"), "\(lost.standardErrorText)")

        // Sessions are asked of a program of AWS's own.
        let plugin = "\(project.site.root)/tools/session-manager-plugin"
        try project.site.write("tools/session-manager-plugin", "#!/bin/sh\n")
        try FileSystem.changeMode(plugin, to: 0o755)
        var shell = project.command(["shell", "--service", "nobody"])
        let path = (shell.environment["PATH"] ?? nil) ?? ""
        shell.environment["PATH"] = "\(project.site.root)/tools:\(path)"
        let nobody = try ProcessRunner.run(shell, timeout: 60)
        #expect(nobody.exit == .exited(1))
        #expect(
            nobody.standardErrorText.contains("error[no-task]"), "\(nobody.standardErrorText)")
    }

    private func health(_ address: String) throws -> String {
        try ProcessRunner.run(ProcessCommand(["curl", "-s", "-m", "10", "\(address)health"]))
            .standardOutputText
    }
}
