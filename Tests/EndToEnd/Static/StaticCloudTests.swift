import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// A site that is files alone in S3, behind a CloudFront distribution. The stand-in has both; a small server plays the places
/// that visitors ask, by the origin path that the distribution has.
@Suite(.enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
struct StaticCloudTests {
    private let standIn: AWSStandIn
    private let project: StaticProject
    private let distribution: String

    init() throws {
        standIn = try AWSStandIn()
        project = try StaticProject(serve: false)
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "figures", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        struct Made: Decodable {
            struct Distribution: Decodable {
                let id: String
                enum CodingKeys: String, CodingKey { case id = "Id" }
            }
            let distribution: Distribution
            enum CodingKeys: String, CodingKey { case distribution = "Distribution" }
        }
        let made = try standIn.aws(
            "cloudfront", "create-distribution", "--distribution-config",
            """
            {"CallerReference": "t", "Comment": "kept", "Enabled": true,
             "Origins": {"Quantity": 1, "Items": [{"Id": "s3", "OriginPath": "",
               "DomainName": "figures.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
             "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all",
               "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}}
            """)
        distribution = try JSONDecoder().decode(Made.self, from: Data(made.standardOutput))
            .distribution.id
        try standIn.world(#"{"cloudfront": {"deploy_seconds": 1}}"#)
        try writeEnvironment()
    }

    private func writeEnvironment() throws {
        try project.write(
            "rclone.conf",
            """
            [store]
            type = s3
            provider = Other
            env_auth = true
            region = \(standIn.region)
            endpoint = \(standIn.endpoint)
            force_path_style = true

            """)
        try project.write(
            "pipeline/environments/web.yaml",
            """
            kind: static
            aws: { region: \(standIn.region), endpoint: "\(standIn.endpoint)", bucket: figures }
            data:
              route: rclone
              root: figures/site
              rclone: { remote: "store:", config: rclone.conf }
            static:
              folder: public
              url: http://127.0.0.1:\(project.port)/
              cloudfront: { distribution: \(distribution), timeout: 1m }
            site:
              health: { within: 10s }
              smoke: [{ path: /, contains: welcome }]

            """)
    }

    /// The server that visitors ask.
    private func edge() throws -> ChildProcess {
        try project.write(
            "edge.py",
            """
            import boto3, http.server, sys
            port, endpoint, region, identity = sys.argv[1:]
            def client(name): return boto3.client(name, endpoint_url=endpoint, region_name=region)
            front, store = client("cloudfront"), client("s3")
            class Edge(http.server.BaseHTTPRequestHandler):
                def log_message(self, *_): pass
                def do_GET(self):
                    config = front.get_distribution_config(Id=identity)["DistributionConfig"]
                    path = config["Origins"]["Items"][0]["OriginPath"] + self.path
                    if path.endswith("/"): path += "index.html"
                    try: status, body = 200, store.get_object(Bucket="figures", Key=path[1:])["Body"].read()
                    except store.exceptions.NoSuchKey: status, body = 403, b"denied"
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            http.server.HTTPServer(("127.0.0.1", int(port)), Edge).serve_forever()

            """)
        let edge = try ChildProcess(
            ProcessCommand(
                [
                    AWSStandIn.python ?? "python3", "edge.py", "\(project.port)", standIn.endpoint,
                    standIn.region, distribution,
                ], environment: standIn.environment(operator: "admin"), directory: project.root),
            standardOutput: .null, standardError: .null)
        try Await.that { try project.seen() == "denied" }
        return edge
    }

    private func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(command(arguments), timeout: 240)
    }

    private func command(_ arguments: [String]) -> ProcessCommand {
        // A variable that Go's S3 client, and so rclone, does not take.
        let environment = standIn.environment().merging(["AWS_CA_BUNDLE": "/dev/null"]) { $1 }
        return ProcessCommand(
            [SiteProject.tool] + arguments + ["-e", "web"], environment: environment,
            directory: project.root)
    }

    private func ask(_ query: String) throws -> String {
        try standIn.aws(
            "cloudfront", "get-distribution-config", "--id", distribution, "--query", query
        ).standardOutputText.filter { !"\" \n".contains($0) }
    }

    private func originPath() throws -> String {
        try ask("DistributionConfig.Origins.Items[0].OriginPath")
    }

    @Test(
        "released, nothing to do, killed at each call that changes something, rolled back, refused: visitors see whole releases"
    )
    func releases() throws {
        let edge = try edge()
        defer {
            edge.signal(9)
            _ = edge.wait()
        }
        let first = try pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try project.seen() == "<p>welcome, first</p>\n")
        let one = try originPath()
        #expect(one.hasPrefix("/site/") && one.hasSuffix("/public"))
        #expect(try ask("DistributionConfig.Comment") == "kept")
        let again = try pipeline("run", "deploy")
        #expect(again.standardErrorText.contains("up to date"), "\(again.standardErrorText)")

        let calls = [
            "s3:PutObject", "cloudfront:UpdateDistribution", "cloudfront:CreateInvalidation",
        ]
        for (number, call) in calls.enumerated() { try kill(at: call, "kill \(number)") }
        #expect(try pipeline("rollback").exit == .exited(0))
        #expect(try project.seen() == "<p>welcome, kill 1</p>\n")

        // The answer to the change is lost: what the distribution itself has decides.
        try standIn.faults(#"[{"match": "cloudfront:UpdateDistribution", "do": "lose-reply"}]"#)
        let far = try pipeline("rollback", "--to", "1")
        #expect(far.exit == .exited(0), "\(far.standardErrorText)")
        #expect(try originPath() == one)
        #expect(try project.seen() == "<p>welcome, first</p>\n")
        try foreign()
    }

    /// A new page, whose first run is killed while this call waits.
    private func kill(at call: String, _ text: String) throws {
        let before = try project.seen()
        try project.page("welcome, \(text)")
        try standIn.faults(#"[{"match": "\#(call)", "operator": "alice", "do": "hang"}]"#)
        let victim = try ChildProcess(
            command(["run", "deploy"]), standardOutput: .null, standardError: .null)
        try Await.that { try standIn.get("faults").contains("\"happened\": 1") }
        victim.signal(9)
        _ = victim.wait()
        try standIn.faults("[]")
        let after = "<p>welcome, \(text)</p>\n"
        let seen = try project.seen()
        #expect(call == "cloudfront:CreateInvalidation" ? seen == after : seen == before)
        let run = try pipeline("run", "deploy")
        #expect(run.exit == .exited(0), "\(call): \(run.standardErrorText)")
        #expect(try project.seen() == after)
    }

    /// An origin path that somebody else has written is refused, and stays.
    private func foreign() throws {
        let text = try standIn.aws(
            "cloudfront", "get-distribution-config", "--id", distribution, "--query",
            "DistributionConfig"
        ).standardOutputText
        try standIn.aws(
            "cloudfront", "update-distribution", "--id", distribution, "--if-match",
            try ask("ETag"), "--distribution-config",
            text.replacing(try originPath(), with: "/theirs"))
        #expect(try originPath() == "/theirs")
        try project.page("welcome, last")
        let refused = try pipeline("run", "deploy")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.contains("error[live-foreign]"),
            "\(refused.standardErrorText)")
        #expect(try originPath() == "/theirs")
    }
}
