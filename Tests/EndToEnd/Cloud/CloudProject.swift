import FoundationEssentials
import Posix
import Processes
import TestServers

/// A scratch project whose environment `aws` is an Elastic Beanstalk environment of the stand-in, with its
/// own file system, repository and bucket there.
final class CloudProject {
    let site: SiteProject
    let standIn: AWSStandIn
    let fileSystem: String
    let name: String
    let bucket: String
    private let operatorName: String

    /// - Parameters:
    ///   - data: what stands under `data:`, without the braces; `FS` is the file system's id.
    ///   - other: a colleague's clone of the same site.
    ///   - bucket: one that is there, for a site that keeps its own things in it beside another's.
    init(
        _ standIn: AWSStandIn, data: String, operatorName: String = "alice", extra: String = "",
        sharing other: CloudProject? = nil, bucket: String? = nil
    ) throws {
        self.standIn = standIn
        self.operatorName = operatorName
        site = try SiteProject("aws")
        // The stand-in runs no container of it: what a base would be is neither searched for leaks nor pushed.
        try site.write(
            "site/Dockerfile", "ARG BASE\nFROM scratch\nCOPY app.py /app/app.py\nWORKDIR /app\n")
        name = other?.name ?? "t" + UUID().uuidString.prefix(8).lowercased()
        self.bucket = bucket ?? "bucket-\(name)"
        if let other {
            fileSystem = other.fileSystem
        } else {
            fileSystem = try Self.make(standIn, name)
        }
        try site.write(
            "pipeline/environments/aws.yaml",
            """
            kind: beanstalk
            aws:
              account: "\(standIn.account)"
              region: \(standIn.region)
              endpoint: \(standIn.endpoint)
              bucket: \(self.bucket)
            repository: \(standIn.registry)/d1e2f3g4/\(name)
            registry: ecr-public
            beanstalk: { application: \(name), environment: \(name)-env, files: site, settle: 9s, root: site }
            data: { \(data.replacing("FS", with: fileSystem)) }
            site:
              health: { path: /health, successes: 2, steady_for: 1s, within: 20s }
            \(extra)
            """)
    }

    /// Repository, bucket and file system with a folder for the slots.
    static func makeParts(_ standIn: AWSStandIn, _ name: String) throws -> String {
        try standIn.aws(
            "ecr-public", "create-repository", "--repository-name", name, region: "us-east-1")
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "bucket-\(name)",
            "--create-bucket-configuration", "LocationConstraint=\(standIn.region)")
        let fileSystem = try makeFileSystem(standIn, name)
        _ = try makeRoot(standIn, fileSystem, "site")
        return fileSystem
    }

    /// - Returns: the id of a new and empty file system.
    static func makeFileSystem(_ standIn: AWSStandIn, _ name: String) throws -> String {
        struct Answer: Decodable {
            let id: String
            enum CodingKeys: String, CodingKey { case id = "FileSystemId" }
        }
        let made = try standIn.aws("efs", "create-file-system", "--tags", "Key=Name,Value=\(name)")
        return try JSONDecoder().decode(Answer.self, from: Data(made.standardOutput)).id
    }

    /// Makes a folder for slots, which belongs to the user of the connection.
    ///
    /// - Returns: its path on this machine.
    static func makeRoot(
        _ standIn: AWSStandIn, _ fileSystem: String, _ folder: String
    ) throws -> String {
        let root = "\(standIn.state)/efs/\(fileSystem)/\(folder)"
        try FileSystem.createDirectories(root)
        _ = try ProcessRunner.run(ProcessCommand(["chown", "1000:1000", root]))
        return root
    }

    private static func make(_ standIn: AWSStandIn, _ name: String) throws -> String {
        let fileSystem = try makeParts(standIn, name)
        try standIn.world(
            """
            {"elasticbeanstalk": {"environments": {"\(name)-env": {"filesystem": "\(fileSystem)"}}}}
            """)
        try standIn.aws("elasticbeanstalk", "create-application", "--application-name", name)
        try standIn.aws(
            "elasticbeanstalk", "create-environment", "--application-name", name,
            "--environment-name", "\(name)-env", "--solution-stack-name",
            "64bit Amazon Linux 2023 v4.3.1 running Docker")
        return fileSystem
    }

    /// The slots, as the instances see them.
    var root: String { "\(standIn.state)/efs/\(fileSystem)/site" }

    @discardableResult
    func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(command(arguments), timeout: 240)
    }

    func command(_ arguments: [String]) -> ProcessCommand {
        ProcessCommand(
            [SiteProject.tool] + arguments + ["--environment", "aws"],
            environment: standIn.environment(operator: operatorName), directory: site.root)
    }

    /// What the deployed site tells of itself.
    func health(_ address: String) throws -> String {
        try site.shell("curl -s -m 10 \(address)health").standardOutputText
    }

    /// The label that the environment says it runs.
    func label() throws -> String {
        try standIn.aws(
            "elasticbeanstalk", "describe-environments", "--environment-names", "\(name)-env",
            "--query", "Environments[0].VersionLabel"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
    }
}
