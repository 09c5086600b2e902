import Posix
import TestServers

/// A real Slurm whose nodes do not see the projects of its tests, and what both sides see.
final class HiddenCluster: Sendable {
    static let shared = Result { try HiddenCluster() }
    /// Two nodes, each of two processors and with a small disk of its own.
    static let pair = Result { try HiddenCluster(processors: 2, nodes: 2, disk: "48m") }

    let slurm: SlurmCluster
    /// Where projects are; the node sees an empty folder.
    let projects: String
    /// A folder that all see.
    let scratch: String
    /// Where nodes make their folders.
    let nodeScratch: String

    private init(processors: Int = 4, nodes: Int = 1, disk: String? = nil) throws {
        // Both go with the cluster, also where this process is killed.
        slurm = try SlurmCluster(
            processors: processors, hiding: "projects", nodes: nodes, disk: disk)
        projects = slurm.folder + "/projects"
        scratch = slurm.folder + "/scratch"
        try FileSystem.createDirectories(scratch)
        nodeScratch = disk == nil ? scratch : slurm.disk
    }
}

/// A project whose units run on a node that reaches its archive alone. Its units note what they do in a file that both sides see.
final class ArchivedProject {
    let project: UnitProject
    let archive: ScratchPlace
    let cluster: HiddenCluster
    /// `begin N` and `end N` of units, and what the node sees of the project.
    let notes: String
    /// The unit script waits until it is there.
    var gate: String { notes + "-go" }

    static let units = """
                  u:
                    matrix: { n: { from: 1, to: COUNT } }
                    command: sh unit.sh {n} {input} {output}
                    inputs: in.txt
                    outputs: "out/{n}.txt"
        """

    /// - Parameters:
    ///   - slurm: more options of the executor.
    ///   - script: what the unit's script does after it has noted that it begins.
    ///   - archived: how the definition describes the archive, but for its root.
    ///   - root: of the archive, where that is no folder of this machine.
    ///   - shared: where its units run.
    init(
        _ count: Int = 4, slurm: String = "tasks: 2", script: String = "", units: String? = nil,
        archived: String = "sign: none", root: String? = nil, stage: String = "",
        on shared: Result<HiddenCluster, any Error> = HiddenCluster.shared
    ) throws {
        cluster = try shared.get()
        archive = ScratchPlace()
        notes = cluster.scratch + "/notes-\(RandomID.plain())"
        let written = (units ?? Self.units).replacing("COUNT", with: "\(count)")
        project = try UnitProject(
            onSlurm:
                "data: archive, program: \(UnitProject.tool), scratch: \(cluster.nodeScratch), \(slurm)",
            archive: "root: \(root ?? archive.path), \(archived)", stage: stage, units: written,
            in: cluster.projects)
        try project.write("in.txt", "input\n")
        try project.write(
            "unit.sh",
            """
            echo "begin $1" >> \(notes)
            test -e \(project.root) && echo "sees the project" >> \(notes)
            \(script)
            echo "content $1 of $(cat "$2")" > "$3"
            echo "end $1" >> \(notes)

            """)
    }

    var environment: [String: String?] { cluster.slurm.environment }

    /// Opens the gate of the units' script.
    func go() throws { try FileSystem.writeAtomically([], to: gate) }

    func run(_ arguments: String...) throws -> UnitProject.Outcome {
        try project.run(arguments: arguments, environment: environment)
    }

    func lines(_ prefix: String) throws -> [String] {
        guard try FileSystem.status(notes) != nil else { return [] }
        return try FileSystem.readText(notes).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }

    /// Units whose ends tasks have reported in the archive.
    func reportedEnds() throws -> Int {
        try archive.files("tasks").filter { $0.hasSuffix(".record") }.reduce(0) { count, file in
            let text = try FileSystem.readText(file)
            return count + text.ranges(of: "\"startedNs\":").count
        }
    }

    /// Names of the files that batches have in the archive.
    func handed() throws -> [String] {
        try archive.files("tasks").map { String($0.split(separator: "/").last ?? "") }
    }
}
