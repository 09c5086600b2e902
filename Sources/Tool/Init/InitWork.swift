import Paths
import PipelineEngine
import Posix
import ProjectScaffold
import SiteScanner

/// The files of a proposal, compared with what is there.
struct InitWork {
    enum Change: String {
        case new, same, replaced, extended
    }

    struct File {
        let path: String
        let text: String
        let change: Change
        /// For an ignore file, the lines that are added.
        var added: [String] = []
    }

    let proposal: Proposal
    let files: [File]
    let notes: [String]
    private let root: String
    /// The site's folder below the one that the command was given; nil for that one itself.
    let folder: String?

    init(_ proposal: Proposal, root: String, folder: String? = nil) throws {
        self.proposal = proposal
        self.root = root
        self.folder = folder
        var files: [File] = []
        var notes = proposal.notes
        if let above = try Self.projectAbove(root) {
            notes.append(
                "this folder lies in the project \(YAMLText.quoted(above)); commands given here will mean "
                    + "the new one")
        }
        for path in try Submodules.missing(root: root) {
            notes.append(
                "the submodule \(YAMLText.quoted(path)) is not checked out, so nothing of it was read: "
                    + "`git submodule update --init`, then this again with --force")
        }
        var ignores: [IgnoreLines.Change] = []
        if let context = proposal.context {
            let change = try IgnoreLines.docker(
                root: root, context: context, keepingOut: proposal.keptOut)
            notes += change.impossible.map {
                "no line of \(change.path) can name \(YAMLText.quoted($0)): rename it, or it gets into the image"
            }
            ignores.append(change)
        }
        if let change = try IgnoreLines.git(root: root) { ignores.append(change) }
        for change in ignores where !change.added.isEmpty {
            files.append(
                File(
                    path: change.path, text: change.text, change: change.isNew ? .new : .extended,
                    added: change.added))
        }
        for environment in proposal.environments {
            files.append(
                try Self.file(Self.path(of: environment), environment.text, root: root))
        }
        // The definition makes a project of the folder, so it comes last.
        files.append(try Self.file(Project.definitionPath, proposal.definition, root: root))
        self.files = files
        self.notes = notes
    }

    private static func projectAbove(_ root: String) throws(PosixError) -> String? {
        for folder in PathText.ancestors(root) {
            if try FileSystem.status("\(folder)/\(Project.definitionPath)") != nil { return folder }
        }
        return nil
    }

    static func path(of environment: Proposal.Environment) -> String {
        "\(Project.environmentsPath)/\(environment.name).yaml"
            + (environment.isDraft ? ".draft" : "")
    }

    private static func file(_ path: String, _ text: String, root: String) throws -> File {
        let full = "\(root)/\(path)"
        guard try FileSystem.linkStatus(full) != nil else {
            return File(path: path, text: text, change: .new)
        }
        let isSame = try FileSystem.read(full) == Array(text.utf8)
        return File(path: path, text: text, change: isSame ? .same : .replaced)
    }

    /// A file's path as it is shown.
    func shown(_ file: File) -> String { folder.map { "\($0)/\(file.path)" } ?? file.path }

    /// Each file as a whole: killed at any point, the same command resumes.
    func write() throws(PosixError) {
        try FileSystem.createDirectories("\(root)/\(Project.environmentsPath)")
        for file in files where file.change != .same {
            try FileSystem.writeAtomically(Array(file.text.utf8), to: "\(root)/\(file.path)")
        }
    }
}
