import FoundationEssentials
import Posix
import Processes
import TestServers

/// A scratch project whose environment `aws` is three services of an ECS cluster of the stand-in: one that
/// writes the data, one that reads it, and one that must not see it. Their containers are real.
final class ServicesProject {
    let site: SiteProject
    let standIn: AWSStandIn
    let fileSystem: String
    let name: String

    init(_ standIn: AWSStandIn, extra: String = "") throws {
        self.standIn = standIn
        name = "t" + UUID().uuidString.prefix(8).lowercased()
        site = try SiteProject("aws")
        fileSystem = try CloudProject.makeParts(standIn, name)
        try standIn.aws("ecs", "create-cluster", "--cluster-name", name)
        try standIn.aws("backup", "create-backup-vault", "--backup-vault-name", "vault-\(name)")
        for service in ["api", "ui", "other"] { try make(service) }
        try standIn.world(#"{"ecs": {"containers": true, "rollout_takes": 0}}"#)
        let address = try JSONDecoder().decode(
            Address.self, from: Data(try standIn.get("ecs/api-\(name)").utf8)
        ).address
        try site.write(
            "pipeline/environments/aws.yaml",
            """
            kind: ecs
            aws:
              account: "\(standIn.account)"
              region: \(standIn.region)
              endpoint: \(standIn.endpoint)
              bucket: bucket-\(name)
            repository: \(standIn.registry)/d1e2f3g4/\(name)
            registry: ecr-public
            ecs:
              cluster: \(name)
              settle: 9s
              services:
                - { name: api-\(name), container: web, access: read-write }
                - { name: ui-\(name), container: web }
                - { name: other-\(name), container: web, access: none }
              url: \(address)
              \(extra)
            data: { route: transfer, file_system: \(fileSystem), root: site, slots: 2,
              backup: { vault: vault-\(name), role: backup } }
            site:
              health: { path: /health, successes: 2, steady_for: 1s, within: 20s }
            """)
    }

    private struct Address: Decodable { let address: String }

    /// The first task definition names an image that nobody runs; its other members are somebody's own.
    private func make(_ service: String) throws {
        let mounts =
            service == "other" ? "[]" : #"[{"sourceVolume":"data","containerPath":"/efs"}]"#
        let environment =
            service == "other"
            ? #"[{"name":"PORT","value":"8000"},{"name":"SITE_DATA","value":"/nowhere"}]"#
            : #"[{"name":"PORT","value":"8000"}]"#
        let definition = """
            {"family": "\(service)-\(name)", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
             "requiresCompatibilities": ["FARGATE"], "tags": [{"key": "Team", "value": "Reefs"}],
             "volumes": [{"name": "data", "efsVolumeConfiguration":
               {"fileSystemId": "\(fileSystem)", "rootDirectory": "/"}}],
             "containerDefinitions": [{"name": "web", "image": "placeholder:1", "essential": true,
               "portMappings": [{"containerPort": 8000}], "environment": \(environment),
               "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/\(name)",
                 "awslogs-region": "\(standIn.region)", "awslogs-stream-prefix": "\(service)"}},
               "dockerLabels": {"Owner.Team": "Reefs"}, "mountPoints": \(mounts)}]}
            """
        try site.write("definition.json", definition)
        try standIn.world(#"{"ecs": {"containers": false}}"#)
        try standIn.aws(
            "ecs", "register-task-definition", "--cli-input-json",
            "file://\(site.root)/definition.json")
        try standIn.aws(
            "ecs", "create-service", "--cluster", name, "--service-name", "\(service)-\(name)",
            "--task-definition", "\(service)-\(name)", "--desired-count", "1",
            "--deployment-configuration", "deploymentCircuitBreaker={enable=true,rollback=true}")
        // The first containers are nobody's; the service's address is reported from now on.
        try standIn.world(#"{"ecs": {"containers": true}}"#)
    }

    var root: String { "\(standIn.state)/efs/\(fileSystem)/site" }

    @discardableResult
    func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(command(arguments), timeout: 240)
    }

    func command(_ arguments: [String]) -> ProcessCommand {
        ProcessCommand(
            [SiteProject.tool] + arguments + ["--environment", "aws"],
            environment: standIn.environment(), directory: site.root)
    }

    /// A value of the task definition that a service runs, by a JMESPath.
    func running(_ service: String, _ path: String) throws -> String {
        let name = try standIn.aws(
            "ecs", "describe-services", "--cluster", self.name, "--services",
            "\(service)-\(self.name)", "--query", "services[0].taskDefinition"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
        return try standIn.aws(
            "ecs", "describe-task-definition", "--task-definition", name, "--include", "TAGS",
            "--query", path == "tags" ? path : "taskDefinition.\(path)"
        ).standardOutputText.filter { !$0.isWhitespace && $0 != "\"" }
    }

    func version(_ service: String) throws -> String {
        try running(
            service, "containerDefinitions[0].environment[?name=='PIPELINE_VERSION'].value|[0]")
    }
}
