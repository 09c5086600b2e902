import JSON
import Testing

@testable import ECSTasks

@Suite("Task definitions, revised for a release")
struct TaskRevisionTests {
    private let revision = TaskRevision(
        container: "api", image: "registry/site@sha256:new",
        variables: ["PIPELINE_RELEASE": "7"],
        data: .init(
            volume: "data", folder: "/site/b/data", inAccessPoint: "/b/data", isReadOnly: true))

    private func definition(
        efs: String = #"{"fileSystemId": "fs-1", "rootDirectory": "/site/a/data"}"#
    )
        throws -> JSONValue
    {
        try JSONValue(
            parsing: Array(
                """
                {"family": "api", "taskDefinitionArn": "arn:x", "revision": 3, "status": "ACTIVE",
                 "requiresAttributes": [{"name": "x"}], "compatibilities": ["FARGATE"], "cpu": "256",
                 "aMemberOfTomorrow": {"deep": [1, 2.5, null, true]},
                 "containerDefinitions": [
                   {"name": "side", "image": "side:1"},
                   {"name": "api", "image": "registry/site@sha256:old", "essential": true,
                    "environment": [{"name": "KEEP", "value": "1"}, {"name": "PIPELINE_RELEASE", "value": "6"}],
                    "mountPoints": [{"sourceVolume": "data", "containerPath": "/mnt/data"}]}],
                 "volumes": [{"name": "data", "efsVolumeConfiguration": \(efs)}, {"name": "tmp"}]}
                """.utf8))
    }

    @Test("image, variables and the slot change, and nothing else")
    func revised() throws {
        let before = try definition()
        let after = try revision.revised(before)
        let container = try #require(after["containerDefinitions"]?.elements.last)
        #expect(container["image"]?.string == "registry/site@sha256:new")
        #expect(
            container["environment"]?.text
                == #"[{"name":"KEEP","value":"1"},{"name":"PIPELINE_RELEASE","value":"7"},{"name":"SITE_DATA","value":"/mnt/data"}]"#
        )
        #expect(container["mountPoints"]?.elements.first?["readOnly"] == .bool(true))
        #expect(
            after["volumes"]?.elements.first?["efsVolumeConfiguration"]?["rootDirectory"]?.string
                == "/site/b/data")
        for member in ["taskDefinitionArn", "revision", "status", "requiresAttributes"] {
            #expect(after[member] == nil)
        }
        #expect(after["aMemberOfTomorrow"] == before["aMemberOfTomorrow"])
        #expect(
            after["containerDefinitions"]?.elements.first
                == before["containerDefinitions"]?.elements.first)
        #expect(try revision.revised(after) == after, "twice is once")
    }

    @Test("with an access point the root stays, and the container is given the slot")
    func accessPoint() throws {
        let efs = #"{"fileSystemId": "fs-1", "authorizationConfig": {"accessPointId": "fsap-1"}}"#
        let before = try definition(efs: efs)
        let after = try revision.revised(before)
        #expect(after["volumes"] == before["volumes"])
        let variables = after["containerDefinitions"]?.elements.last?["environment"]?.elements ?? []
        #expect(
            variables.contains {
                $0["name"]?.string == "SITE_DATA" && $0["value"]?.string == "/mnt/data/b/data"
            })
    }

    @Test("what is not there is named, with what is")
    func missing() throws {
        let definition = try definition()
        #expect(throws: RevisionError.noContainer("web", known: ["side", "api"])) {
            try TaskRevision(container: "web", image: "x", variables: [:], data: nil)
                .revised(definition)
        }
        let other = TaskRevision.DataMount(
            volume: "other", folder: "/", inAccessPoint: "/", isReadOnly: true)
        #expect(throws: RevisionError.noVolume("other", known: ["data", "tmp"])) {
            try TaskRevision(container: "api", image: "x", variables: [:], data: other)
                .revised(definition)
        }
        #expect(throws: RevisionError.notMounted("data", container: "side")) {
            try TaskRevision(
                container: "side", image: "x", variables: [:], data: revision.data
            ).revised(definition)
        }
    }
}
