import Failures
import Processes
import S3Relay
import TestServers
import Testing

extension CloudStepTests {
    @Test("an instance that runs and whose agent is not heard of")
    func notOnline() throws {
        try standIn.world(#"{"ssm": {"online_after": 600}}"#)
        let instance = try ManagementInstance(
            try runningInstance(), client: try client(), journal: Forgetful(), cancel: nil,
            note: { _ in })
        instance.patience = 0
        let error = #expect(throws: JobError.self) { try instance.open() }
        #expect(error?.failure.code == "instance-not-online", "\(String(describing: error))")
    }

    @Test("a command that nobody knows of any more")
    func commandLost() throws {
        try standIn.world(#"{"ssm": {"visible_after": 600}}"#)
        let runner = try runner(on: try runningInstance())
        runner.known = 0
        let error = #expect(throws: JobError.self) { try runner.run(Array("{}".utf8)) }
        #expect(error?.failure.code == "instance-command-lost", "\(String(describing: error))")
    }

    @Test(
        "a command that fails, as the instance may not read the bucket, is reported with its last words"
    )
    func commandFailed() throws {
        let instance = try runningInstance()
        try standIn.faults(
            """
            [{"match": "s3:*", "operator": "\(instance)", "do": "error", "code": "AccessDenied",
              "status": 403, "times": 0}]
            """)
        let runner = try runner(on: instance)
        let error = #expect(throws: JobError.self) { try runner.run(Array("{}".utf8)) }
        #expect(error?.failure.code == "instance-command-failed", "\(String(describing: error))")
        #expect(error?.failure.said.isEmpty == false)
    }

    @Test("D78: the number of the lock in the data's bucket only grows")
    func fenceObject() throws {
        try bucket()
        let object = FenceObject(
            client: try client(), bucket: "bucket-\(name)", key: "fence.json",
            folder: "\(standIn.state)/fence-\(name)")
        try object.raise(to: 5)
        try object.raise(to: 5)
        try object.raise(to: 7)
        let error = #expect(throws: JobError.self) { try object.raise(to: 6) }
        #expect(error?.failure.code == "fenced", "\(String(describing: error))")
    }

    @Test("D78: a number that the bucket does not take is an error, and no permission")
    func fenceUnwritable() throws {
        try bucket()
        try standIn.faults(
            #"[{"match": "s3:PutObject", "do": "error", "code": "PreconditionFailed", "status": 412, "times": 0}]"#
        )
        let object = FenceObject(
            client: try client(), bucket: "bucket-\(name)", key: "fence.json",
            folder: "\(standIn.state)/fence-\(name)")
        let error = #expect(throws: JobError.self) { try object.raise(to: 5) }
        #expect(error?.failure.code == "fence-unwritable", "\(String(describing: error))")
    }

    private func bucket() throws {
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "bucket-\(name)",
            "--create-bucket-configuration", "LocationConstraint=\(standIn.region)")
    }

    private func runningInstance() throws -> String {
        word(
            try standIn.aws(
                "ec2", "run-instances", "--image-id", "ami-0c2023a1b2c3d4e5f", "--instance-type",
                "t3.micro", "--query", "Instances[0].InstanceId"
            ).standardOutputText)
    }

    private func runner(on instance: String) throws -> SSMRunner {
        try bucket()
        let runner = try SSMRunner(
            client: try client(), instance: instance, bucket: "bucket-\(name)", prefix: "tmp/",
            scratch: "\(standIn.state)/jobs-\(name)", cancel: nil)
        runner.interval = 0.1
        return runner
    }
}

/// Of runs that nobody takes up.
private struct Forgetful: InstanceJournal {
    func willStart(_ instance: String) -> Int64 { 1 }
    func stopped(_ lease: Int64) {}
    func open() -> [(lease: Int64, instance: String)] { [] }
}
