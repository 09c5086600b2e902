import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// Two operators of one environment, on the built program: what one sends late, or does after it has lost the lease,
/// changes nothing of the other's.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudOperatorTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
        try standIn.world(#"{"ssm": {"held": null, "delivered": null}}"#)
    }

    private func pair(_ data: String) throws -> (alice: CloudProject, bob: CloudProject) {
        let alice = try CloudProject(standIn, data: data)
        let bob = try CloudProject(standIn, data: data, operatorName: "bob", sharing: alice)
        return (alice, bob)
    }

    private func transferPair(slots: Int = 2) throws -> (alice: CloudProject, bob: CloudProject) {
        try pair("route: transfer, file_system: FS, root: site, slots: \(slots)")
    }

    private func bucketPair() throws -> (alice: CloudProject, bob: CloudProject) {
        let made = try standIn.aws(
            "ec2", "run-instances", "--image-id", "ami-0c2023a1b2c3d4e5f", "--instance-type",
            "t3.micro", "--query", "Instances[0].InstanceId")
        let instance = made.standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        let (alice, bob) = try pair(
            "route: bucket, file_system: FS, root: site, slots: 2, bucket: { bucket: BUCKET, instance: \(instance) }"
        )
        for project in [alice, bob] {
            let file = "pipeline/environments/aws.yaml"
            try project.site.write(
                file,
                try FileSystem.readText("\(project.site.root)/\(file)").replacing(
                    "BUCKET", with: "bucket-\(alice.name)"))
        }
        return (alice, bob)
    }

    private func start(_ project: CloudProject, _ words: String...) throws -> Suspended {
        let said = "\(project.site.root)/said.txt"
        return Suspended(
            process: try ChildProcess(
                project.command(words), standardOutput: .null,
                standardError: .file(said, append: false)), said: said)
    }

    /// A run whose machine sleeps and wakes.
    private struct Suspended {
        let process: ChildProcess
        let said: String

        func sleep() { process.signal(19) }

        /// - Returns: how it ended, and all that it said.
        func wake() throws -> (exit: ProcessExit, text: String) {
            process.signal(18)
            let exit = process.wait()
            return (exit, try FileSystem.readText(said))
        }
    }

    @Test(
        "D78, D59: a job that arrives late writes nothing into the slot that is a colleague's live one"
    )
    func lateJob() throws {
        let (alice, bob) = try bucketPair()
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        try alice.site.write("raw.txt", "second data\n")
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        // Her third data goes to slot a, by a command that the instance gets late; meanwhile her machine sleeps.
        try alice.site.write("raw.txt", "unreleased data\n")
        try standIn.world(#"{"ssm": {"held": "*job-3"}}"#)
        try standIn.forgetJournal()
        let late = try start(alice, "run", "sync")
        // The first that changes something: it begins the filling and brings the files.
        try Await.that { try standIn.calls().filter { $0 == "ssm:SendCommand" }.count == 3 }
        late.sleep()
        try standIn.world(#"{"ssm": {"held": null}}"#)
        try bob.site.write("raw.txt", "data of bob\n")
        let taken = try bob.pipeline("run", "deploy", "--take-lease")
        #expect(taken.exit == .exited(0), "\(taken.standardErrorText)")
        let live = try bob.label()
        let slot = live.split(separator: "-").dropFirst().first.map(String.init) ?? "?"
        let file = "\(bob.root)/\(slot)/data/compiled/line.txt"
        #expect(try FileSystem.readText(file) == "DATA OF BOB\n")
        try standIn.world(#"{"ssm": {"delivered": true}}"#)
        let (exit, text) = try late.wake()
        #expect(exit == .exited(1), "\(text)")
        #expect(text.contains("error[lease-lost]"), "\(text)")
        #expect(text.contains("bob"), "\(text)")
        // Her command ran to its end, and was refused.
        #expect(try FileSystem.readText(file) == "DATA OF BOB\n")
        let marker = try FileSystem.readText("\(bob.root)/\(slot)/.pipeline-release.json")
        #expect(marker.contains("manifest"))
        let verified = try bob.pipeline("verify", "--remote")
        // Slot b holds what only alice's store has the list of, and bob's cannot be verified by him.
        #expect(
            verified.standardOutputText.contains("✓ slot \(slot)  holds"),
            "\(verified.standardOutputText) \(verified.standardErrorText)")
        #expect(try bob.label() == live)
    }

    @Test(
        "D79: a deployment that fails after the lease was lost does not go back over a colleague's release"
    )
    func lostRecovery() throws {
        let (alice, bob) = try transferPair()
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(alice.name)-env": {"filesystem":
              "\(alice.fileSystem)", "scripts": [{"version": "r2-*", "outcome": "exits-after",
              "seconds": 0.5}]}}}}
            """)
        try alice.site.writeApp(code: "second code")
        try standIn.forgetJournal()
        let failing = try start(alice, "run", "deploy")
        try Await.that { try standIn.calls().contains("elasticbeanstalk:UpdateEnvironment") }
        failing.sleep()
        try bob.site.write("raw.txt", "data of bob\n")
        let taken = try bob.pipeline("run", "deploy", "--take-lease")
        #expect(taken.exit == .exited(0), "\(taken.standardErrorText)")
        let live = try bob.label()
        let (exit, text) = try failing.wake()
        #expect(exit == .exited(1), "\(text)")
        #expect(text.contains("error[lease-lost]"), "\(text)")
        #expect(text.contains("it runs version \(live)"), "\(text)")
        #expect(!text.contains("goes on answering"), "\(text)")
        #expect(try bob.label() == live, "what is live stays")
        #expect(try bob.pipeline("status").exit == .exited(0))
    }

    @Test("D78: who has lost the lease does not have the environment updated")
    func lostUpdate() throws {
        let (alice, bob) = try transferPair()
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        try alice.site.writeApp(code: "second code")
        // Time to fall asleep between the version and the update.
        try standIn.faults(
            """
            [{"match": "elasticbeanstalk:DescribeApplicationVersions", "operator": "alice", "do": "delay",
              "seconds": 3, "times": 0, "after": "elasticbeanstalk:CreateApplicationVersion"}]
            """)
        try standIn.forgetJournal()
        let late = try start(alice, "run", "deploy")
        try Await.that { try standIn.calls().contains("elasticbeanstalk:CreateApplicationVersion") }
        late.sleep()
        try standIn.faults("[]")
        try bob.site.write("raw.txt", "data of bob\n")
        let taken = try bob.pipeline("run", "deploy", "--take-lease")
        #expect(taken.exit == .exited(0), "\(taken.standardErrorText)")
        let live = try bob.label()
        try standIn.forgetJournal()
        let (exit, text) = try late.wake()
        #expect(exit == .exited(1), "\(text)")
        #expect(text.contains("error[lease-lost]"), "\(text)")
        #expect(text.contains("this run stopped before its next change"), "\(text)")
        #expect(try !standIn.calls().contains("elasticbeanstalk:UpdateEnvironment"))
        #expect(try bob.label() == live)
    }

    @Test("D69: an operator who never deployed goes back to what was live before, and forth again")
    func newcomer() throws {
        let (alice, bob) = try transferPair(slots: 3)
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        let first = try alice.label()
        try alice.site.write("raw.txt", "second data\n")
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        let second = try alice.label()
        let back = try bob.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try bob.label() == first)
        let forth = try bob.pipeline("rollback")
        #expect(forth.exit == .exited(0), "\(forth.standardErrorText)")
        #expect(try bob.label() == second)
        // Alice goes back to what was live before for all.
        let again = try alice.pipeline("rollback")
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(try alice.label() == first)
        // Bob writes neither the slot that is live nor the one that a rollback brings back, though both are Alice's.
        try bob.site.write("raw.txt", "data of bob\n")
        let third = try bob.pipeline("run", "deploy")
        #expect(third.exit == .exited(0), "\(third.standardErrorText)")
        #expect(try bob.label().contains("-c-"))
    }

    @Test("T2: with an archive, clones know each other's releases at AWS by their numbers")
    func archived() throws {
        let (alice, bob) = try transferPair(slots: 3)
        let archive = "\(alice.site.root)-archive"
        defer { try? FileSystem.removeTree(archive) }
        for project in [alice, bob] {
            let file = "pipeline/pipeline.yaml"
            let text = try FileSystem.readText("\(project.site.root)/\(file)")
            try project.site.write(file, text + "archive: { root: \(archive), sign: none }\n")
        }
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        let first = try alice.label()
        try bob.site.write("raw.txt", "second data\n")
        let run = try bob.pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let second = try bob.label()
        #expect(first.hasPrefix("r1-") && second.hasPrefix("r2-"), "\(first) \(second)")
        for (project, live, number) in [(bob, first, 1), (alice, second, 2), (alice, first, 1)] {
            let back = try project.pipeline("rollback")
            #expect(back.exit == .exited(0), "\(back.standardErrorText)")
            #expect(try project.label() == live)
            for clone in [alice, bob] {
                let releases = try clone.pipeline("releases").standardOutputText
                #expect(
                    releases.contains("●  \(number)") && !releases.contains("  3  "), "\(releases)")
            }
        }
        #expect(try bob.pipeline("rollback", "--to", "2").exit == .exited(0))
        #expect(try bob.label() == second)
    }

    @Test("D85: older content replaces a colleague's newer release only when that is confirmed")
    func newer() throws {
        let (alice, bob) = try transferPair()
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        try bob.site.write("raw.txt", "data of bob\n")
        // Whole seconds are on record.
        _ = try Poll.wait([], timeoutMs: 1100)
        #expect(try bob.pipeline("run", "deploy").exit == .exited(0))
        let live = try bob.label()
        let plan = try alice.pipeline("plan", "deploy")
        #expect(
            plan.standardOutputText.contains("version \(live) is live"),
            "\(plan.standardOutputText)")
        #expect(plan.standardOutputText.contains("bob"), "\(plan.standardOutputText)")
        let refused = try alice.pipeline("run", "deploy")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.contains("error[newer-release-live]"),
            "\(refused.standardErrorText)")
        #expect(refused.standardErrorText.contains("--yes"))
        #expect(try bob.label() == live)
        let confirmed = try alice.pipeline("run", "deploy", "--yes")
        #expect(confirmed.exit == .exited(0), "\(confirmed.standardErrorText)")
        #expect(try bob.label() != live)
        // What is made now is no older content.
        try bob.site.write("raw.txt", "newer data of bob\n")
        let next = try bob.pipeline("run", "deploy")
        #expect(next.exit == .exited(0), "\(next.standardErrorText)")
    }

    @Test("D86: a rollback whose data is lost is refused before anything is made or changed")
    func lostData() throws {
        let alice = try transferPair().alice
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        for text in ["second", "third"] {
            try alice.site.write("raw.txt", "\(text) data\n")
            #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        }
        let live = try alice.label()
        // Release 1 is in no slot any more, and its content in the store is damaged.
        let object = try alice.site.shell(
            "grep -rlx 'FIRST DATA' .pipeline/store | head -n 1"
        ).standardOutputText
        let path = "\(alice.site.root)/\(object.filter { !$0.isNewline })"
        try FileSystem.remove(path)
        try FileSystem.writeAtomically(Array("damaged\n".utf8), to: path)
        try standIn.forgetJournal()
        let back = try alice.pipeline("rollback", "--to", "1")
        #expect(back.exit == .exited(1))
        #expect(back.standardErrorText.contains("error[content-lost]"), "\(back.standardErrorText)")
        let calls = try standIn.calls()
        #expect(!calls.contains("transfer:CreateServer"), "\(calls)")
        #expect(!calls.contains("elasticbeanstalk:UpdateEnvironment"))
        #expect(try alice.label() == live)
    }

    @Test("D86: what another clone made and Beanstalk has no more cannot be brought back from here")
    func goneVersion() throws {
        let (alice, bob) = try transferPair(slots: 3)
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        let first = try alice.label()
        try alice.site.write("raw.txt", "second data\n")
        #expect(try alice.pipeline("run", "deploy").exit == .exited(0))
        let live = try alice.label()
        try standIn.aws(
            "elasticbeanstalk", "delete-application-version", "--application-name", alice.name,
            "--version-label", first)
        let back = try bob.pipeline("rollback")
        #expect(back.exit == .exited(1))
        #expect(back.standardErrorText.contains("error[version-gone]"), "\(back.standardErrorText)")
        #expect(try bob.label() == live)
    }
}
