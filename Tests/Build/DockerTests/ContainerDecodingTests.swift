import Docker
import FoundationEssentials
import Testing

@Suite struct ContainerDecodingTests {
    // From an engine of version 20.10, shortened.
    static let running = """
        {"Id": "f00", "Name": "/site-1", "Image": "sha256:1a", "RestartCount": 2,
         "State": {"Status": "running", "ExitCode": 0, "OOMKilled": false,
           "StartedAt": "2026-01-02T03:04:05.1Z", "Health": {"Status": "starting", "Log": []}},
         "Config": {"Image": "r/site@sha256:2b", "Labels": {"pipeline.release": "1"}},
         "Mounts": [{"Type": "bind", "Source": "/efs/a", "Destination": "/app/data", "Mode": "",
           "RW": false}],
         "NetworkSettings": {"Ports": {"9000/tcp": null, "8000/tcp": [
           {"HostIp": "127.0.0.1", "HostPort": "49153"}]}}}
        """

    private func decode(_ text: String) throws -> ContainerDetails {
        try JSONDecoder().decode(ContainerDetails.self, from: Data(text.utf8))
    }

    @Test func readsARunningContainer() throws {
        let container = try decode(Self.running)
        #expect(container.name == "site-1")
        #expect(container.isRunning)
        #expect(container.health == "starting")
        #expect(container.restarts == 2)
        #expect(container.imageReference == "r/site@sha256:2b")
        #expect(
            container.mounts == [.init(source: "/efs/a", target: "/app/data", isReadOnly: true)])
        #expect(container.hostPort(for: 8000) == 49153)
        #expect(container.hostPort(for: 9000) == nil)
        #expect(container.labels == ["pipeline.release": "1"])
    }

    @Test func readsAnEndedOne() throws {
        let container = try decode(
            """
            {"Id": "f00", "Name": "/x", "Image": "sha256:1a",
             "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": true,
               "StartedAt": "2026-01-02T03:04:05Z"},
             "Config": {"Image": "i", "Labels": null}, "Mounts": [], "NetworkSettings": {"Ports": {}}}
            """)
        #expect(container.state == .exited)
        #expect(!container.isRunning)
        #expect(container.exitCode == 137)
        #expect(container.ranOutOfMemory)
        #expect(container.health == nil)
        #expect(container.bindings == [])
    }

    @Test func aStateOfALaterVersionIsNoError() throws {
        let later = Self.running.split(separator: "\"running\"").joined(separator: "\"dreaming\"")
        #expect(try decode(later).state == nil)
    }
}
