import Testing

@testable import AWS

@Suite("Calls of AWS, as arguments")
struct AWSCallTests {
    private let plain = AWSSettings(region: "us-east-2")

    @Test("region, format and limits are always said")
    func plainCall() {
        #expect(
            AWSCall.callerIdentity().arguments(plain) == [
                "aws", "sts", "get-caller-identity", "--region", "us-east-2", "--output", "json",
                "--cli-connect-timeout", "10", "--cli-read-timeout", "60",
            ])
    }

    @Test("profile and endpoint are passed as options")
    func overrides() {
        let settings = AWSSettings(
            region: "us-east-2", profile: "lab", endpoint: AWSEndpoint("http://127.0.0.1:9000"))
        let words = AWSCall.storageLocation().arguments(settings)
        #expect(words.contains(["--profile", "lab"]))
        #expect(words.contains(["--endpoint-url", "http://127.0.0.1:9000"]))
    }

    @Test("the public registry is asked in us-east-1 whatever the region")
    func publicRegion() {
        let words = AWSCall.loginPassword(.public).arguments(plain)
        #expect(words.contains(["--region", "us-east-1"]))
        #expect(!words.contains("us-east-2"))
        #expect(AWSCall.loginPassword(.private).arguments(plain).contains("us-east-2"))
    }

    @Test("what makes something that costs is never sent twice")
    func repeatable() {
        #expect(!AWSCall.createServer(loggingRole: nil, tags: []).isRepeatable)
        #expect(!AWSCall.update(environment: "e", version: "v").isRepeatable)
        #expect(AWSCall.deleteServer("s-1").isRepeatable)
        #expect(
            !AWSCall.putObject(bucket: "b", key: "k", file: "f", condition: .absent).isRepeatable)
    }

    @Test("D15: an object is sent whole, with its checksum, and a condition makes it unrepeatable")
    func putObject() {
        let call = AWSCall.putObject(bucket: "b", key: "k", file: "/f")
        #expect(
            call.options == [
                "--bucket", "b", "--key", "k", "--body", "/f", "--checksum-algorithm", "SHA256",
            ])
        #expect(call.isRepeatable)
        #expect(
            !AWSCall.putObject(bucket: "b", key: "k", file: "/f", condition: .absent).isRepeatable)
    }

    @Test("tasks, services and backups are asked for as they are named")
    func services() {
        #expect(
            AWSCall.tasks(cluster: "c", service: "s", areStopped: true).options
                == ["--cluster", "c", "--service-name", "s", "--desired-status", "STOPPED"])
        #expect(
            AWSCall.updateService(
                cluster: "c", service: "s", taskDefinition: "t:1", again: true
            ).options == [
                "--cluster", "c", "--service", "s", "--task-definition", "t:1",
                "--force-new-deployment",
            ])
        #expect(!AWSCall.registerTaskDefinition(file: "/f").isRepeatable)
        #expect(
            AWSCall.startBackup(vault: "v", resource: "r", role: "x", token: "t").isRepeatable)
        #expect(
            AWSCall.startSession(instance: "i-1").interactive(AWSSettings(region: "r"))
                == [
                    "aws", "ssm", "start-session", "--target", "i-1", "--region", "r", "--output",
                    "json",
                ])
    }

    @Test("what instances may do is asked of IAM")
    func roles() {
        #expect(
            AWSCall.instanceProfile("p")
                == AWSCall("iam", "get-instance-profile", ["--instance-profile-name", "p"]))
        #expect(
            AWSCall.attachedPolicies(role: "r")
                == AWSCall("iam", "list-attached-role-policies", ["--role-name", "r"]))
        #expect(
            AWSCall.ownPolicies(role: "r")
                == AWSCall("iam", "list-role-policies", ["--role-name", "r"]))
    }

    @Test("a server is made as the lab makes it by hand")
    func createServer() {
        let call = AWSCall.createServer(
            loggingRole: "arn:aws:iam::1:role/AWSTransferLoggingAccess",
            tags: [AWSTag("pipeline:run", "7")])
        #expect(
            call.options == [
                "--domain", "EFS", "--protocols", "SFTP", "--identity-provider-type",
                "SERVICE_MANAGED", "--endpoint-type", "PUBLIC", "--logging-role",
                "arn:aws:iam::1:role/AWSTransferLoggingAccess", "--tags",
                "Key=pipeline:run,Value=7",
            ])
    }

    @Test(
        "an endpoint is encrypted or on this machine",
        arguments: [
            ("https://aws.example.org", true), ("http://127.0.0.1:5555", true),
            ("http://localhost:1", true), ("http://[::1]:80", true),
            ("http://aws.example.org", false), ("http://127.0.0.1.example.org", false),
            ("http://127.0.0.1@evil.org", false), ("ftp://127.0.0.1", false), ("https://", false),
            ("127.0.0.1:80", false),
        ])
    func endpoints(_ url: String, _ isGood: Bool) {
        #expect((AWSEndpoint(url) != nil) == isGood)
    }

    @Test(
        "members are named as Swift names them",
        arguments: [
            ("EnvironmentName", "environmentName"), ("CNAME", "cname"), ("imageIds", "imageIds"),
            ("S3Bucket", "s3Bucket"), ("ETag", "eTag"), ("EndpointURL", "endpointURL"),
            ("Ec2InstanceId", "ec2InstanceId"), ("Account", "account"), ("SHA256Sum", "shA256Sum"),
            ("CNAMEPrefix", "cnamePrefix"), ("ChecksumSHA256", "checksumSHA256"),
        ])
    func members(_ name: String, _ swift: String) {
        #expect(MemberName.swift(name) == swift)
    }
}
