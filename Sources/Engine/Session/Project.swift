package import Failures
import Paths
package import PipelineModel
import Posix
import Spelling

/// A project on disk: where its definition, its state and its files are.
///
/// The process works from the project's root, so all paths here are relative to it.
package struct Project: Sendable {
    package static let definitionPath = "pipeline/pipeline.yaml"
    /// The archive of a project that does not name it in its definition.
    package static let archivePath = "pipeline/archive.yaml"
    package static let environmentsPath = "pipeline/environments"
    package static let statePath = ".pipeline"
    package static let ledgerPath = statePath + "/ledger.sqlite"
    package static let lockPath = statePath + "/lock"
    package static let storePath = statePath + "/store"
    package static let logsPath = statePath + "/logs"

    /// Absolute.
    package let root: String
    package let definition: Definition
    /// What declared tools print: asked once in the life of this process.
    package let tools = ToolProbe()
    /// Where its stages find Python.
    package private(set) var python = ProjectPython(root: ".", named: nil)
    /// Whether `pipeline init` proposed the definition, which its first line tells.
    package private(set) var isProposed = false
    /// Where units may run; the first on this machine.
    var executors: [ExecutorProvider] = []
    /// What environments may say of transports that providers bring.
    var transports: [TransportSchema] = []
    /// Results of other clones; nil where the definition has no archive, or it was not asked.
    package var shared: (any SharedResults)?
    /// What environments may say of their kinds.
    var targets: [TargetSchema] = TargetSchema.builtIn

    /// How a definition of `pipeline init` begins.
    static let proposedMark = "# Proposed by `pipeline init`"

    /// Finds the project that `folder` lies in, and makes its root the working directory.
    ///
    /// - Parameter archives: transports that reach an archive.
    /// - Throws: `DefinitionError`, `ProjectError`, `ArchiveVariableError` or `PosixError`.
    package static func enter(
        from folder: String, executors: [ExecutorProvider] = [], transports: [TransportSchema],
        archives: [TransportSchema] = [],
        targets: [TargetSchema] = TargetSchema.builtIn
    ) throws -> Project {
        let start = try FileSystem.realPath(folder)
        var candidate = start
        while try FileSystem.status(candidate + "/" + definitionPath) == nil {
            guard candidate != "/", let folder = PathText.parent(candidate) else {
                throw ProjectError.noDefinition(start)
            }
            candidate = folder
        }
        try FileSystem.changeDirectory(candidate)
        try HostSettings.apply()
        let text = try FileSystem.readText(definitionPath)
        let described =
            try FileSystem.status(archivePath) == nil ? nil : FileSystem.readText(archivePath)
        var definition = try DefinitionReader.read(
            text, file: definitionPath, executors: executors.map(\.schema),
            transports: archives, archive: described)
        definition.archive = try archive(definition.archive, described, archives)
        try RootLinks.update(definition.roots)
        var project = Project(
            root: candidate, definition: definition, executors: executors, transports: transports,
            targets: targets)
        project.python = ProjectPython(root: candidate, named: definition.python)
        project.isProposed = text.hasPrefix(proposedMark)
        return project
    }

    /// The archive, from the definition or from a file of its own, with what this machine sets.
    private static func archive(
        _ named: ArchiveConfig?, _ described: String?, _ transports: [TransportSchema]
    ) throws -> ArchiveConfig? {
        var found = named
        if let described {
            guard named == nil else { throw ProjectError.twoArchives }
            found = try DefinitionReader.archive(
                described, file: archivePath, transports: transports)
        }
        return try found.map { try ArchiveVariables.apply(to: $0, Environment.value) }
    }

    /// The names of the environments that are described, sorted.
    package func environmentNames() throws -> [String] {
        guard try FileSystem.status(Self.environmentsPath) != nil else { return [] }
        return try FileSystem.entries(of: Self.environmentsPath).compactMap { entry in
            entry.name.hasSuffix(".yaml") ? String(entry.name.dropLast(5)) : nil
        }
    }

    /// The environment of this name; without a name the default, or the only one.
    package func environment(_ name: String?) throws -> EnvironmentDefinition {
        let names = try environmentNames()
        guard
            let chosen = name ?? definition.defaultEnvironment
                ?? (names.count == 1 ? names[0] : nil)
        else { throw ProjectError.noEnvironmentChosen(names) }
        guard names.contains(chosen) else { throw ProjectError.unknownEnvironment(chosen, names) }
        let file = "\(Self.environmentsPath)/\(chosen).yaml"
        return try EnvironmentReader.read(
            FileSystem.readText(file), name: chosen, file: file, transports: transports,
            targets: targets)
    }
}

package enum ProjectError: Explained, Hashable {
    case noDefinition(String)
    case twoArchives
    case noEnvironmentChosen([String])
    case unknownEnvironment(String, [String])

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noDefinition(let folder):
            Failure(
                "no-definition",
                "there is no \(Project.definitionPath) in \"\(folder)\" or above it",
                next:
                    "change to a project's folder, name one with --project, or propose a definition for this one",
                run: "pipeline init")
        case .twoArchives:
            Failure(
                "two-archives",
                "the archive is described in \(Project.definitionPath) and in \(Project.archivePath)",
                next: "remove one of the two")
        case .noEnvironmentChosen(let names) where names.isEmpty:
            Failure(
                "no-environment", "the project has no environment",
                next: "describe one in \(Project.environmentsPath)/NAME.yaml; "
                    + "docs/reference/environment.yaml is a commented example")
        case .noEnvironmentChosen(let names):
            Failure(
                "no-environment", "no environment was named",
                next: "name one of: " + names.joined(separator: ", "),
                run: .again(adding: "--environment \(names[0])"))
        case .unknownEnvironment(let name, let names):
            Self.unknown(name, names)
        }
    }

    private static func unknown(_ name: String, _ names: [String]) -> Failure {
        let file = "\(Project.environmentsPath)/\(name).yaml"
        guard !names.isEmpty else {
            return Failure(
                "no-such-environment",
                "there is no environment \"\(name)\"; the project has none yet",
                next:
                    "describe it in \(file); docs/reference/environment.yaml is a commented example"
            )
        }
        let headline =
            "there is no environment \"\(name)\"; known: " + names.joined(separator: ", ")
        guard let nearest = Spelling.nearest(name, among: names) else {
            return Failure(
                "no-such-environment", headline,
                next: "name one of these with --environment, or describe a new one in \(file)")
        }
        return Failure(
            "no-such-environment", headline, next: "did you mean \"\(nearest)\"?",
            run: .again(adding: "--environment \(nearest)"))
    }
}
