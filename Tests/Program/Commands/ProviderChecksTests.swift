import FoundationEssentials
import Posix
import Processes
import Testing

/// What providers ask for themselves when `doctor` runs.
struct ProviderChecksTests {
    private struct Found: Decodable {
        let area: String
        let subject: String
        let state: String
        let found: String
        let advice: String
    }

    private func rclone(_ site: SiteLayout) throws -> Found? {
        let output = try site.tool("doctor", "--json")
        let found = try JSONDecoder().decode(
            [Found].self, from: Data(output.standardOutputText.utf8))
        return found.first { $0.subject == "rclone" && $0.advice.contains("rclone.conf") }
    }

    @Test("rclone's configuration is there, and is for its owner alone")
    func configuration() throws {
        let site = try SiteLayout(
            named: "drive",
            [
                "pipeline/pipeline.yaml":
                    "project: p\nstages:\n  sync: { kind: sync, data: out }\n",
                "pipeline/environments/there.yaml": """
                kind: data
                data: { route: rclone, root: slots, rclone: { remote: "here:", config: rclone.conf } }

                """,
                "out/a.txt": "a",
            ])
        let missing = try rclone(site)
        #expect(missing?.state == "error")
        try site.write("rclone.conf", "[here]\ntype = alias\nremote = \(site.root)/place\n")
        try FileSystem.changeMode("\(site.root)/rclone.conf", to: 0o644)
        let open = try rclone(site)
        #expect(open?.state == "warning" && open?.advice == "chmod 600 rclone.conf")
        try FileSystem.changeMode("\(site.root)/rclone.conf", to: 0o600)
        #expect(try rclone(site) == nil)
    }

    @Test("programs that are found and do not start are errors, each with what to do")
    func programsThatDoNotStart() throws {
        let site = try SiteLayout(
            named: "broken",
            [
                "pipeline/pipeline.yaml": """
                project: broken
                stages:
                  make: { kind: run, command: "true", executor: slurm, outputs: [] }
                  image: { kind: image, context: web }
                  sync: { kind: sync, data: out }

                """,
                "out/a.txt": "a", "web/Dockerfile": "FROM scratch\n",
                "pipeline/environments/there.yaml": """
                kind: data
                repository: 127.0.0.1:1/x
                data: { route: rclone, root: slots, rclone: { remote: "here:" } }

                """,
                "pipeline/environments/over.yaml":
                    "kind: data\ndata: { route: sftp, root: /srv/data, host: nowhere.invalid }\n",
                "pipeline/environments/here.yaml":
                    "kind: local\nrepository: 127.0.0.1:1/x\ndata: { root: .pipeline/slots }\n"
                    + "site: { port: 8123, mount: { from: data, to: /srv } }\n",
            ])
        let broken = ["git", "curl", "docker", "rclone", "ssh", "sbatch"]
        for name in broken {
            try site.write(
                "bin/\(name)",
                "#!/bin/sh\necho '\(name): error while loading shared libraries: libx.so.1' >&2\nexit 127\n"
            )
            try FileSystem.changeMode("\(site.root)/bin/\(name)", to: 0o755)
        }
        let output = try ProcessRunner.run(
            ProcessCommand(
                [UnitProject.tool, "doctor", "--json"],
                environment: ["PATH": "\(site.root)/bin:\(Environment.value("PATH") ?? "")"],
                directory: site.root), timeout: 120)
        #expect(output.exit == .exited(1))
        let found = try JSONDecoder().decode(
            [Found].self, from: Data(output.standardOutputText.utf8)
        ).filter { $0.area == "this machine" }
        for name in broken {
            let one = found.first { $0.subject == name }
            #expect(one?.state == (name == "git" ? "warning" : "error"), "\(found)")
            #expect(one?.found.contains("exit status 127: \(name): error while") == true)
            #expect(one?.advice.isEmpty == false)
        }
    }
}
