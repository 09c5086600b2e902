import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// What `doctor` asks of a real Slurm cluster, for the stages that name it.
@Suite(.enabled(if: SlurmCluster.isWanted, "no Slurm is installed, or this is not root"))
struct ClusterDoctorTests {
    private struct Found: Decodable {
        let subject: String
        let state: String
        let found: String
    }

    private func doctor(_ environment: [String: String?]) throws -> [Found] {
        let project = try UnitProject(
            units: "      u: { command: \"true {output}\", outputs: out }")
        let output = try ProcessRunner.run(
            ProcessCommand(
                [UnitProject.tool, "doctor", "--json"], environment: environment,
                directory: project.root), timeout: 120)
        return try JSONDecoder().decode([Found].self, from: Data(output.standardOutputText.utf8))
            .filter { $0.subject == "make: Slurm" || $0.subject == "sbatch" }
    }

    @Test(
        "Slurm's commands and its controller are looked for, and a controller that is down is found"
    )
    func controller() throws {
        let cluster = try SlurmCluster()
        let up = try doctor(cluster.environment)
        #expect(up.map(\.state) == ["ok", "ok"], "\(up)")
        #expect(up.contains { $0.found.hasSuffix(" is UP") }, "\(up)")

        let text = try FileSystem.readText("\(cluster.folder)/slurm.conf")
        let lines = text.split(separator: "\n").map {
            $0.hasPrefix("SlurmctldPort=") ? "SlurmctldPort=1" : $0
        }
        let other = "\(cluster.folder)/other.conf"
        try FileSystem.writeAtomically(
            Array((lines.joined(separator: "\n") + "\n").utf8), to: other)
        let down = try doctor(["SLURM_CONF": other])
        #expect(down.map(\.state) == ["ok", "error"], "\(down)")
    }
}
