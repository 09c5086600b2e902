import FoundationEssentials
import Glibc
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

    /// A user by number; one without a name has its number for a name.
    struct User {
        let user: Int
        let group: Int

        /// What runs a command as this user; nothing where that is not allowed.
        var command: [String] {
            guard getuid() == 0 else { return [] }
            return ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"]
        }
    }

    /// A new clone, which belongs to `user`, and whose commands run as that user; nil is the user of the tests.
    func clone(_ name: String, as user: User? = nil) throws -> Clone {
        let copy = ["cp", "-r", "\(root)/origin", "\(root)/\(name)"]
        _ = try ProcessRunner.run(ProcessCommand(copy), timeout: 20)
        var environment = environment
        if let user, !user.command.isEmpty {
            try shell("chown -R \(user.user):\(user.group) \(name)")
            environment["HOME"] = "\(root)/\(name)"
        }
        return Clone(
            folder: "\(root)/\(name)", environment: environment, user: user?.command ?? [])
    }

    @discardableResult
    func shell(_ line: String) throws -> String {
        try ProcessRunner.run(ProcessCommand(["sh", "-c", line], directory: root), timeout: 20)
            .standardOutputText
    }

    /// The files below these folders that hold content, each with inode, time and size: the same again where none was written.
    func states(_ folders: String...) throws -> String {
        let places = folders.joined(separator: " ")
        return try shell(
            "find \(places) -type f ! -name '.pipeline*' -printf '%p %i %T@ %s\\n' | sort")
    }

    /// The live page, as the place has it.
    func page() throws -> String { try FileSystem.readText("\(root)/place/current/out/index.html") }

    struct Clone {
        let folder: String
        let environment: [String: String?]
        /// What comes before each command.
        let user: [String]

        func command(_ arguments: [String]) -> ProcessCommand {
            ProcessCommand(
                user + [UnitProject.tool] + arguments, environment: environment, directory: folder)
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
