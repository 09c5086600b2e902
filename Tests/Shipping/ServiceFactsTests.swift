import AWS
import DeployTargets
import FoundationEssentials
import JSON
import PipelineModel
import Testing

@testable import ECSTasks
@testable import PipelineShipping

@Suite("What doctor says of services, from their task definitions alone")
struct ServiceFactsTests {
    private func environment() throws -> EnvironmentDefinition {
        try EnvironmentReader.read(
            """
            kind: ecs
            aws: { region: us-west-1, bucket: b }
            repository: public.ecr.aws/x/y
            ecs:
              cluster: c
              services:
                - { name: api, access: read-write }
                - { name: mlflow, access: none }
            data: { route: transfer, file_system: fs-1, root: app/experiments }
            site: {}
            """, name: "cloud", file: "cloud.yaml", transports: Registry.transportSchemas,
            targets: Registry.targetSchemas)
    }

    private func found(
        _ efs: String, mounts: String = #"[{"sourceVolume": "data", "containerPath": "/x"}]"#,
        service number: Int = 0, root: String = "/app/experiments", uid: Int = 1000
    ) throws -> [Diagnosis] {
        let environment = try environment()
        let place = ECSConfig(environment.options)
        let wanted = place.services[number]
        let service = try JSONDecoder().decode(
            ECSService.self,
            from: Data(
                """
                {"serviceName": "\(wanted.name)", "taskDefinition": "t:1", "desiredCount": 1, "runningCount": 1,
                 "deployments": [{"status": "PRIMARY", "taskDefinition": "t:1", "rolloutState": "COMPLETED",
                                  "runningCount": 1, "desiredCount": 1}]}
                """.utf8))
        let definition = try JSONValue(
            parsing: Array(
                """
                {"volumes": [{"name": "data", "efsVolumeConfiguration": \(efs)}],
                 "containerDefinitions": [{"name": "\(wanted.name)", "mountPoints": \(mounts)}]}
                """.utf8))
        let point = try JSONDecoder().decode(
            EFSAccessPoint.self,
            from: Data(
                """
                {"accessPointId": "fsap-1", "fileSystemId": "fs-1", "rootDirectory": {"path": "\(root)"},
                 "posixUser": {"uid": \(uid), "gid": \(uid)}}
                """.utf8))
        return ServiceFacts(
            wanted: wanted,
            state: ServiceState(
                name: wanted.name, container: wanted.container, service: service,
                definition: definition),
            volume: place.volume, data: environment.data, points: [point]
        ).diagnoses("cloud")
    }

    private let good = """
        {"fileSystemId": "fs-1", "transitEncryption": "ENABLED",
         "authorizationConfig": {"iam": "ENABLED", "accessPointId": "fsap-1"}}
        """

    @Test("A3 to A5: what is as it should be is one row")
    func wellMade() throws {
        #expect(try found(good).map(\.state) == [.good])
        #expect(try found(good, mounts: "[]", service: 1).map(\.state) == [.good])
    }

    @Test("A3: an access point with another root or user")
    func accessPoint() throws {
        #expect(try found(good, root: "/").last?.found.contains("begins at /") == true)
        #expect(try found(good, uid: 7).last?.found.contains("acts as 7:7") == true)
        let other = good.replacing("fsap-1", with: "fsap-2")
        #expect(try found(other).last?.state == .bad)
    }

    @Test(
        "A4, A5: another file system, an open way, a mount that should not be, one that is missing")
    func mounts() throws {
        #expect(try found(good.replacing("fs-1", with: "fs-2")).last?.state == .bad)
        let open = try found(#"{"fileSystemId": "fs-1"}"#)
        #expect(open.filter { $0.state == .warning }.count == 2)
        #expect(try found(good, service: 1).last?.found.contains("no access") == true)
        #expect(try found(good, mounts: "[]").last?.found.contains("does not mount") == true)
    }
}
