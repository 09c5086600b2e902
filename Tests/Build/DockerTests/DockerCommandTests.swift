import Docker
import Testing

@Suite struct DockerCommandTests {
    @Test func build() {
        let build = ImageBuild(
            context: "/p/site", dockerfile: "docker/Dockerfile", target: "runtime",
            tags: ["r/site:1", "r/site:2"], platform: "linux/amd64",
            arguments: ["B": "2", "A": "x y"], labels: ["l": "v"])
        #expect(
            DockerCommand.build(build) == [
                "docker", "build", "--platform", "linux/amd64", "--compress", "--rm",
                "--target", "runtime", "--build-arg", "A=x y", "--build-arg", "B=2", "--label",
                "l=v",
                "--tag", "r/site:1", "--tag", "r/site:2", "--file", "/p/site/docker/Dockerfile",
                "--", "/p/site",
            ])
    }

    @Test func images() {
        #expect(DockerCommand.tag("a", as: "b") == ["docker", "tag", "--", "a", "b"])
        #expect(DockerCommand.push("a") == ["docker", "push", "--", "a"])
        #expect(DockerCommand.pull("a") == ["docker", "pull", "--", "a"])
        #expect(DockerCommand.inspectImage("a") == ["docker", "image", "inspect", "--", "a"])
        #expect(DockerCommand.removeImage("a") == ["docker", "image", "rm", "--", "a"])
        #expect(DockerCommand.info() == ["docker", "info", "--format", "{{json .}}"])
    }

    @Test func createContainer() {
        var request = ContainerRequest(image: "r/site@sha256:1", name: "site-1")
        request.command = ["python3", "-V"]
        request.environment = ["B": "2", "A": "1"]
        request.labels = ["x": "y"]
        request.mounts = [
            .init(source: "/efs/a", target: "/app/data", isReadOnly: true),
            .init(source: "/a,b\"c", target: "/d", isReadOnly: false),
        ]
        request.ports = [.init(container: 8000), .init(container: 9000, host: 20001)]
        request.restart = .unlessStopped
        request.memory = 1 << 30
        request.platform = "linux/amd64"
        #expect(
            DockerCommand.createContainer(request) == [
                "docker", "container", "create", "--name", "site-1", "--platform", "linux/amd64",
                "--restart", "unless-stopped", "--memory", "1073741824b",
                "--mount", "type=bind,source=/efs/a,target=/app/data,readonly",
                "--mount", "type=bind,\"source=/a,b\"\"c\",target=/d",
                "--publish", "127.0.0.1::8000",
                "--publish", "127.0.0.1:20001:9000", "--env", "A=1", "--env", "B=2", "--label",
                "x=y",
                "--", "r/site@sha256:1", "python3", "-V",
            ])
        #expect(
            DockerCommand.createContainer(ContainerRequest(image: "i")) == [
                "docker", "container", "create", "--restart", "no", "--", "i",
            ])
    }

    @Test func containers() {
        #expect(DockerCommand.startContainer("c") == ["docker", "container", "start", "--", "c"])
        #expect(
            DockerCommand.stopContainer("c", grace: 5) == [
                "docker", "container", "stop", "--time", "5", "--", "c",
            ])
        #expect(
            DockerCommand.removeContainer("c") == [
                "docker", "container", "rm", "--force", "--volumes", "--", "c",
            ])
        #expect(
            DockerCommand.inspectContainers(["c", "d"]) == [
                "docker", "container", "inspect", "--", "c", "d",
            ])
        #expect(
            DockerCommand.listContainers(labels: ["b": "2", "a": "1"]) == [
                "docker", "container", "ls", "--all", "--no-trunc", "--quiet", "--filter",
                "label=a=1",
                "--filter", "label=b=2",
            ])
        #expect(
            DockerCommand.logs("c", lines: 20) == [
                "docker", "container", "logs", "--tail", "20", "--", "c",
            ])
    }
}
