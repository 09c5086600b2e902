import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// What goes wrong at AWS, made to happen by the stand-in, on the built program.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudFaultTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn
    private let project: CloudProject

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
        try standIn.world(
            #"{"front": {"clock_offset": 0}, "transfer": {"address_after": 0}, "elasticbeanstalk": {"vary_texts": false, "version_quota": 1000, "refused_versions": ""}}"#
        )
        project = try CloudProject(
            standIn, data: "route: transfer, file_system: FS, root: site, slots: 2")
    }

    /// Settings of the stand-in for this project's environment alone.
    private func behave(_ settings: String) throws {
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-env": {"filesystem":
              "\(project.fileSystem)", \(settings)}}}}
            """)
    }

    private func set(_ before: String, to after: String) throws {
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        try #require(text.contains(before))
        try project.site.write(file, text.replacing(before, with: after))
    }

    @Test("D7: a registry's password that ends in the middle of a push is asked for once more")
    func endedToken() throws {
        // A push that takes a while.
        try project.site.write("site/Dockerfile", SiteProject.dockerfile)
        try standIn.forgetJournal()
        let push = try ChildProcess(
            project.command(["run", "push"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.calls().contains("registry:StartUpload") }
        try standIn.world(#"{"ecr-public": {"end_tokens": true}}"#)
        #expect(push.wait() == .exited(0))
        let asked = try standIn.calls().filter { $0 == "ecr-public:GetAuthorizationToken" }
        #expect(asked.count == 2)
    }

    @Test("D11: somebody else's operation is waited for, and never broken off")
    func busy() throws {
        #expect(try project.pipeline("run", "sync").exit == .exited(0))
        func occupy(_ seconds: Int) throws {
            try standIn.world(
                """
                {"elasticbeanstalk": {"update_by": {"environment": "\(project.name)-env",
                  "operator": "carol", "seconds": \(seconds)}}}
                """)
        }
        try set("files: site,", to: "files: site, patience: 1s,")
        // Longer than a slow machine needs to get there.
        try occupy(30)
        let impatient = try project.pipeline("run", "deploy")
        #expect(impatient.exit == .exited(6), "\(impatient.standardErrorText)")
        #expect(impatient.standardErrorText.contains("error[environment-busy]"))
        #expect(impatient.standardErrorText.contains("somebody else's operation"))
        try set("patience: 1s", to: "patience: 120s")
        let patient = try project.pipeline("run", "deploy")
        #expect(patient.exit == .exited(0), "\(patient.standardErrorText)")
        #expect(try !standIn.calls().contains("elasticbeanstalk:AbortEnvironmentUpdate"))
    }

    @Test("D18: files that Beanstalk cannot process change nothing, found here or only there")
    func unprocessed() throws {
        try standIn.forgetJournal()
        try project.site.write("site/.ebextensions/a.config", "option_settings: [\n")
        let link = "\(project.site.root)/site/.ebextensions/b.config"
        try FileSystem.symbolicLink(to: "a.config", at: link)
        let linked = try project.pipeline("run", "deploy")
        #expect(
            linked.standardErrorText.contains("error[bundle-not-a-file]"),
            "\(linked.standardErrorText)")
        try FileSystem.remove(link)
        let here = try project.pipeline("run", "deploy")
        #expect(here.exit == .exited(1), "\(here.standardErrorText)")
        #expect(here.standardErrorText.contains("error[bundle-refused]"))
        #expect(here.standardErrorText.contains(".ebextensions/a.config"))
        #expect(try !standIn.calls().contains("elasticbeanstalk:CreateApplicationVersion"))
        try FileSystem.remove("\(project.site.root)/site/.ebextensions/a.config")

        try standIn.world(#"{"elasticbeanstalk": {"refused_versions": "*"}}"#)
        try standIn.forgetJournal()
        let there = try project.pipeline("run", "deploy")
        #expect(there.exit == .exited(1))
        #expect(there.standardErrorText.contains("error[version-not-processed]"))
        #expect(there.standardErrorText.contains("could not be processed"))
        #expect(try !standIn.calls().contains("elasticbeanstalk:UpdateEnvironment"))
        try standIn.world(#"{"elasticbeanstalk": {"refused_versions": ""}}"#)
        // What can never run does not stand in the way of the next.
        let mended = try project.pipeline("run", "deploy")
        #expect(mended.exit == .exited(0), "\(mended.standardErrorText)")
    }

    @Test(
        "an update that Beanstalk ends, and one that nobody waits for any more, are distinguished")
    func ended() throws {
        try behave(#""scripts": [{"version": "r1-*", "outcome": "fail"}]"#)
        let back = try project.pipeline("run", "deploy")
        #expect(back.exit == .exited(1))
        #expect(
            back.standardErrorText.contains("error[deployment-went-back]"),
            "\(back.standardErrorText)")
        try behave(#""scripts": [], "deploy_seconds": 600"#)
        try standIn.forgetJournal()
        let said = "\(project.site.root)/said.txt"
        let deploy = try ChildProcess(
            project.command(["run", "deploy", "--json"]),
            standardOutput: .file(said, append: false),
            standardError: .null)
        // Once it looks again, it knows that the update was heard.
        try Await.that {
            let calls = try standIn.calls()
            let sent = calls.lastIndex(of: "elasticbeanstalk:UpdateEnvironment")
            return sent.map { calls.count > $0 + 1 } ?? false
        }
        deploy.signal(2)
        #expect(deploy.wait() == .exited(130))
        let text = try FileSystem.readText(said)
        #expect(text.contains(#""error":"waiting-stopped""#), "\(text)")
    }

    @Test("D12: an environment that is not there is named, at once")
    func noEnvironment() throws {
        try set("environment: \(project.name)-env", to: "environment: gone-env")
        let run = try project.pipeline("run", "deploy")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[no-beanstalk-environment]"))
        #expect(
            run.standardErrorText.contains("there is no Beanstalk environment \"gone-env\""),
            "\(run.standardErrorText)")
    }

    @Test("D14, D31: a version of somebody else's content is refused; a name that takes its time")
    func otherContent() throws {
        try standIn.world(#"{"transfer": {"address_after": 2}}"#)
        let first = try project.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let label = try project.label()
        try project.site.writeApp(code: "second code")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        try standIn.aws(
            "elasticbeanstalk", "delete-application-version", "--application-name", project.name,
            "--version-label", label)
        try project.site.write("other.zip", "PK")
        _ = try project.site.shell(
            "python3 -c \"import zipfile; zipfile.ZipFile('other.zip','w').writestr('a','b')\"")
        try standIn.aws(
            "s3api", "put-object", "--bucket", "bucket-\(project.name)", "--key", "other.zip",
            "--body", "\(project.site.root)/other.zip")
        try standIn.aws(
            "elasticbeanstalk", "create-application-version", "--application-name", project.name,
            "--version-label", label, "--source-bundle",
            "S3Bucket=bucket-\(project.name),S3Key=other.zip")
        let back = try project.pipeline("rollback")
        #expect(back.exit == .exited(1))
        #expect(back.standardErrorText.contains("error[version-conflict]"))
        #expect(back.standardErrorText.contains("another bundle"), "\(back.standardErrorText)")
        #expect(try project.label().hasPrefix("r2-"))
    }

    @Test("D16: versions beyond the account's quota are reported, with what to do")
    func quota() throws {
        try standIn.world(#"{"elasticbeanstalk": {"version_quota": 0}}"#)
        let run = try project.pipeline("run", "deploy")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[too-many-versions]"))
        #expect(
            run.standardErrorText.contains("as many versions as the account may have"),
            "\(run.standardErrorText)")
    }

    @Test(
        "D21, D23, D25: half of a fleet, health that is not known yet, and other words for events")
    func halfOfAFleet() throws {
        try standIn.world(#"{"elasticbeanstalk": {"vary_texts": true}}"#)
        try behave(#""instances": 2, "grey_seconds": 2"#)
        try standIn.aws(
            "elasticbeanstalk", "create-environment", "--application-name", project.name,
            "--environment-name", "\(project.name)-fleet", "--solution-stack-name",
            "64bit Amazon Linux 2023 v4.3.1 running Docker", "--option-settings",
            "Namespace=aws:autoscaling:asg,OptionName=MinSize,Value=2")
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-fleet": {"filesystem":
              "\(project.fileSystem)", "grey_seconds": 2}}}}
            """)
        try set("environment: \(project.name)-env", to: "environment: \(project.name)-fleet")
        let first = try project.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-fleet": {"filesystem":
              "\(project.fileSystem)", "scripts": [{"version": "r2-*", "outcome": "half"}]}}}}
            """)
        try project.site.writeApp(code: "second code")
        let half = try project.pipeline("run", "deploy")
        #expect(half.exit == .exited(1), "\(half.standardErrorText)")
        #expect(
            half.standardErrorText.contains("Release 1 goes on answering"),
            "\(half.standardErrorText)")
        // No instance is left on the version that failed.
        #expect(try labels("\(project.name)-fleet").ranges(of: "r1-").count == 2)
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(project.name)-fleet": {"filesystem":
              "\(project.fileSystem)"}}}}
            """)
        let mended = try project.pipeline("run", "deploy")
        #expect(mended.exit == .exited(0), "\(mended.standardErrorText)")
        #expect(try labels("\(project.name)-fleet").ranges(of: "r2-").count == 2)
    }

    /// What each instance of an environment says it runs.
    private func labels(_ environment: String) throws -> String {
        try standIn.aws(
            "elasticbeanstalk", "describe-instances-health", "--environment-name", environment,
            "--attribute-names", "Deployment", "--query",
            "InstanceHealthList[].Deployment.VersionLabel"
        ).standardOutputText
    }

    @Test("D45: a clock that is wrong is named as the cause")
    func clock() throws {
        try standIn.world(#"{"front": {"clock_offset": 3600}}"#)
        let run = try project.pipeline("run", "push")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[clock-wrong]"))
        #expect(run.standardErrorText.contains("clock is wrong"), "\(run.standardErrorText)")
    }
}
