import AWS
import ECSTasks
import Failures
import Posix
import Processes
import TestServers
import Testing

@testable import Beanstalk

extension CloudStepTests {
    @Test("tasks that run another image under the name of this one")
    func tasksDiffer() throws {
        try standIn.aws("ecs", "create-cluster", "--cluster-name", name)
        try standIn.aws(
            "ecs", "register-task-definition", "--family", name, "--container-definitions",
            #"[{"name": "web", "image": "site:1", "memory": 64}]"#)
        try standIn.aws(
            "ecs", "create-service", "--cluster", name, "--service-name", name,
            "--task-definition", name, "--desired-count", "1")
        var fleet = ServiceFleet(
            client: try client(), cluster: name, services: [.init(name: name, container: "web")],
            folder: "\(standIn.state)/fleet-\(name)", journal: SilentJournal())
        (fleet.interval, fleet.settling) = (0.1, 0)
        let revision = TaskRevision(
            container: "web", image: "site:2", variables: [ServiceState.versionVariable: "r1"],
            data: nil)
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let error = #expect(throws: ServiceError.self) {
            try fleet.update(to: "r1", digest: digest, [name: revision])
        }
        #expect(error?.failure.code == "tasks-differ", "\(String(describing: error))")
        #expect(error?.failure.said.first?.contains("runs image sha256:") == true)
    }

    @Test(
        "instances that keep what they have, though the environment says that it has the new version"
    )
    func instancesDiffer() throws {
        var site = try site(ofInstances: 1)
        (site.interval, site.settling) = (0.1, 0)
        for version in ["r1", "r2"] { try make(version) }
        // Its image is nowhere, so that the instance says that this deployment failed.
        let back = #expect(throws: BeanstalkError.self) { try site.update(to: "r1") }
        #expect(back?.failure.code == "deployment-went-back", "\(String(describing: back))")
        try behave(#""scripts": [{"version": "r2", "outcome": "lags"}]"#)
        let error = #expect(throws: BeanstalkError.self) { try site.update(to: "r2") }
        #expect(error?.failure.code == "instances-differ", "\(String(describing: error))")
        #expect(error?.failure.said.first?.contains(": r1 (Failed)") == true)
    }

    @Test("D77: all pages of a fleet's instances and of an application's versions are read")
    func pages() throws {
        try standIn.world(#"{"elasticbeanstalk": {"page": 2}}"#)
        let site = try site(ofInstances: 5)
        #expect(Set(try site.client.instances(environment: name).map(\.instanceId)).count == 5)
        for number in 1...5 { try make("r\(number)") }
        #expect(try site.client.versions(application: name).count == 5)
        try standIn.world(#"{"elasticbeanstalk": {"page": 100}}"#)
    }

    @Test("D77: services of a cluster are asked for by tens")
    func manyServices() throws {
        try standIn.aws("ecs", "create-cluster", "--cluster-name", name)
        try standIn.aws(
            "ecs", "register-task-definition", "--family", name, "--container-definitions",
            #"[{"name": "web", "image": "site:1", "memory": 64}]"#)
        let names = (1...11).map { "\(name)-\($0)" }
        for service in names {
            try standIn.aws(
                "ecs", "create-service", "--cluster", name, "--service-name", service,
                "--task-definition", name, "--desired-count", "0")
        }
        let fleet = ServiceFleet(
            client: try client(), cluster: name,
            services: names.map { .init(name: $0, container: "web") },
            folder: "\(standIn.state)/fleet-\(name)", journal: SilentJournal())
        #expect(try fleet.look().map(\.name) == names)
    }

    @Test("D78, D79: no call that changes something is sent once the lease is another's")
    func unconfirmed() throws {
        let site = try site(ofInstances: 1)
        for version in ["r1", "r2"] { try make(version) }
        let fenced = BeanstalkSite(
            client: site.client, application: name, environment: name, journal: LostJournal())
        try standIn.forgetJournal()
        #expect(throws: LostJournal.Lost.self) { try fenced.update(to: "r1") }
        var fleet = ServiceFleet(
            client: site.client, cluster: name, services: [.init(name: name, container: "web")],
            folder: "\(standIn.state)/fleet-\(name)", journal: LostJournal())
        fleet.interval = 0.1
        try standIn.aws("ecs", "create-cluster", "--cluster-name", name)
        try standIn.aws(
            "ecs", "register-task-definition", "--family", name, "--container-definitions",
            #"[{"name": "web", "image": "site:1", "memory": 64}]"#)
        try standIn.aws(
            "ecs", "create-service", "--cluster", name, "--service-name", name,
            "--task-definition", name, "--desired-count", "1")
        #expect(throws: LostJournal.Lost.self) { try fleet.restart() }
        let revision = TaskRevision(
            container: "web", image: "site:2", variables: [ServiceState.versionVariable: "r1"],
            data: nil)
        #expect(throws: LostJournal.Lost.self) {
            try fleet.update(to: "r1", digest: "sha256:0", [name: revision])
        }
        let changes = try standIn.calls().filter {
            $0.firstMatch(of: /:(Update|Register|Create|Delete|Restart)/) != nil
        }
        #expect(changes.isEmpty, "\(changes)")
    }

    /// A version of Beanstalk's whose bundle is in order.
    private func make(_ version: String) throws {
        let bundle = "\(standIn.state)/\(name)-\(version)"
        try FileSystem.createDirectories(bundle)
        try FileSystem.writeAtomically(
            Array(
                #"{"AWSEBDockerrunVersion": "1", "Image": {"Name": "nowhere/site:1"}, "Ports": [{"ContainerPort": 8000}]}"#
                    .utf8), to: "\(bundle)/Dockerrun.aws.json")
        _ = try ProcessRunner.run(
            ProcessCommand([
                "python3", "-m", "zipfile", "-c", "\(bundle).zip", "\(bundle)/Dockerrun.aws.json",
            ]))
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "bucket-\(name)",
            "--create-bucket-configuration", "LocationConstraint=\(standIn.region)")
        try standIn.aws(
            "s3api", "put-object", "--bucket", "bucket-\(name)", "--key", "\(version).zip",
            "--body", "\(bundle).zip")
        try standIn.aws(
            "elasticbeanstalk", "create-application-version", "--application-name", name,
            "--version-label", version, "--source-bundle",
            "S3Bucket=bucket-\(name),S3Key=\(version).zip")
    }

    @Test("an environment without instances sends no log")
    func noLogs() throws {
        var logs = try logs(ofInstances: 0)
        logs.patience = 0
        let error = #expect(throws: BeanstalkError.self) { try logs.ask(cancel: nil) }
        #expect(error?.failure.code == "no-instance-logs", "\(String(describing: error))")
    }

    @Test("a log whose address is of no use any more is not taken for a log")
    func logNotFetched() throws {
        let logs = try logs(ofInstances: 1)
        try standIn.world(#"{"elasticbeanstalk": {"logs_expire": true}}"#)
        let error = #expect(throws: BeanstalkError.self) { try logs.ask(cancel: nil) }
        #expect(error?.failure.code == "log-not-fetched", "\(String(describing: error))")
        #expect(error?.failure.cause == "its address answered 403")
    }

    private func logs(ofInstances count: Int) throws -> InstanceLogs {
        let site = try site(ofInstances: count)
        var logs = InstanceLogs(client: site.client, environment: name)
        logs.interval = 0.1
        return logs
    }

    /// An environment that is ready and has nothing deployed.
    private func site(ofInstances count: Int) throws -> BeanstalkSite {
        try behave(#""instances": \#(count)"#)
        try standIn.aws("elasticbeanstalk", "create-application", "--application-name", name)
        try standIn.aws(
            "elasticbeanstalk", "create-environment", "--application-name", name,
            "--environment-name", name, "--solution-stack-name",
            "64bit Amazon Linux 2023 v4.3.1 running Docker")
        var site = BeanstalkSite(
            client: try client(), application: name, environment: name, journal: SilentJournal())
        site.interval = 0.1
        _ = try site.awaitReady()
        return site
    }

    /// Settings of the stand-in for this environment alone.
    private func behave(_ settings: String) throws {
        try standIn.world(
            #"{"elasticbeanstalk": {"environments": {"\#(name)": {\#(settings)}}}}"#)
    }
}

/// Of a run that has lost the lease.
private struct LostJournal: RemoteJournal {
    struct Lost: Error {}
    func will(_ kind: String, _ subject: String, detail: String?) -> Int64 { 0 }
    func did(_ intent: Int64) {}
    func failed(_ intent: Int64, message: String, isKnown: Bool) {}
    func confirm() throws { throw Lost() }
}
