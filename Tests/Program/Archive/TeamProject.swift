import FoundationEssentials
import Posix
import Processes

/// Clones of one project that deploy to one environment, whose place is a folder, and share an archive.
final class TeamProject {
    let root: String
    private let settings: String
    private let archive: String?
    private let environment: [String: String?]

    /// - Parameters:
    ///   - settings: more keys of the archive.
    ///   - archive: its root; nil for a folder here.
    ///   - environment: variables of the commands.
    init(
        _ settings: String = "", archive: String? = nil, environment: [String: String?] = [:]
    ) throws {
        self.settings = settings
        self.archive = archive
        self.environment = environment
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-team-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(root)/place")
        try FileSystem.createDirectories("\(root)/origin/pipeline/environments")
        try write("origin/pipeline/pipeline.yaml", definition(settings))
        try write(
            "origin/pipeline/environments/web.yaml",
            """
            kind: static
            data: { root: \(root)/place, slots: 2 }
            static: { folder: out }
            site: { health: { within: 5s } }

            """)
        try write("origin/.gitignore", ".pipeline/\nout/\n")
        try write("origin/raw.txt", "one\n")
    }

    deinit { try? FileSystem.removeTree(root) }

    private func definition(_ settings: String) -> String {
        """
        project: team
        archive: { root: \(archive ?? "\(root)/archive"), sign: none\(settings) }
        stages:
          compile:
            units:
              page: { command: [sh, -c, 'cat "$2" > "$1"', x, "{output}", "{input}"], inputs: raw.txt, outputs: out/index.html }
              large: { command: [sh, -c, 'head -c 4000000 /dev/zero | tr "\\\\0" "$(head -c 1 "$2")" > "$1"', x, "{output}", "{input}"], inputs: raw.txt, outputs: out/large }
          sync: { kind: sync, needs: compile, data: out }
          deploy: { kind: deploy, needs: sync }

        """
    }

    func write(_ name: String, _ text: String) throws {
        try FileSystem.writeAtomically(Array(text.utf8), to: "\(root)/\(name)")
    }

    /// A new clone.
    func clone(_ name: String) throws -> Clone {
        let copy = ["cp", "-r", "\(root)/origin", "\(root)/\(name)"]
        _ = try ProcessRunner.run(ProcessCommand(copy), timeout: 20)
        return Clone(folder: "\(root)/\(name)", environment: environment)
    }

    /// The live page, as the place has it.
    func page() throws -> String { try FileSystem.readText("\(root)/place/current/out/index.html") }

    struct Clone {
        let folder: String
        let environment: [String: String?]

        func command(_ arguments: [String]) -> ProcessCommand {
            ProcessCommand(
                [UnitProject.tool] + arguments, environment: environment, directory: folder)
        }

        @discardableResult
        func pipeline(_ arguments: String...) throws -> ProcessOutput {
            try ProcessRunner.run(command(arguments), timeout: 120)
        }

        func write(_ text: String) throws {
            try FileSystem.writeAtomically(Array(text.utf8), to: "\(folder)/raw.txt")
        }

        /// A number that the ledger gives.
        func ask(_ query: String) throws -> String {
            try ProcessRunner.run(
                ProcessCommand(["sqlite3", ".pipeline/ledger.sqlite", query], directory: folder),
                timeout: 20
            ).standardOutputText.filter { !$0.isNewline }
        }

        /// How many units have run here.
        func unitsRun() throws -> String {
            try ask(
                """
                SELECT count(*) FROM attempts a JOIN units u ON u.id = a.unit_id
                WHERE u.stage = 'compile' AND a.outcome = 'done' AND a.origin IS NULL
                """)
        }
    }
}
