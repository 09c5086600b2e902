import FoundationEssentials
import Posix
import Processes
import Testing

/// What providers ask for themselves when `doctor` runs.
struct ProviderChecksTests {
    private struct Found: Decodable {
        let subject: String
        let state: String
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
}
