package import Digests
import Failures
import Paths
import PipelineLedger
import PipelineModel
package import PipelinePlanning
import PipelineStore
import Posix
import Processes

/// A file that a unit may read where it runs.
package struct UnitFile: Hashable, Sendable {
    package let path: String
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    package let isExecutable: Bool

    package init(path: String, digest: Digest, size: Int64, isExecutable: Bool) {
        self.path = path
        self.digest = digest
        self.size = size
        self.isExecutable = isExecutable
    }
}

/// What of a project a machine has to have that runs its units without seeing its folder.
package struct UnitFiles {
    private let survey: Survey
    /// Files of Git that are larger are data: they are there only where a unit names them.
    private static let mostBytes: Int64 = 1 << 20
    /// Endings of scripts, modules and settings; so are files without one.
    private static let endings: Set = [
        "awk", "bash", "cfg", "conf", "do", "ini", "ipynb", "jl", "js", "json", "lua", "m", "mjs",
        "pl", "pm", "py", "pyi", "qmd", "r", "rb", "rmd", "sed", "sh", "sql", "toml", "ts", "yaml",
        "yml",
    ]

    init(_ survey: Survey) { self.survey = survey }

    private var disk: any Disk { survey.facts.machine.disk }

    /// What a unit declares, and what it was seen to load and read the last time.
    package func paths(of unit: UnitSpec) throws -> Set<String> {
        var paths = Set(unit.inputs + unit.mayRead + unit.declaredCode)
        if let success = survey.memory[unit.name]?.success {
            for set in [success.code, success.reads] {
                paths.formUnion(survey.stored(set)?.entries.map(\.name) ?? [])  // never recorded
            }
        }
        for path in paths where try disk.status(path)?.kind == .directory {
            paths.remove(path)
            paths.formUnion(try OutputFolder.files(path, on: disk).map { "\(path)/\($0)" })
        }
        return paths
    }

    /// The project's sources, which any unit may load: the folder of the definition, and the files that Git tracks, as far
    /// as they are small, are scripts, modules or settings by their names, and no unit makes them.
    package func sources() throws -> Set<String> {
        let own = FileFinder(on: disk).files(PathPattern(PathText.folder(Project.definitionPath)))
        let made = Set(survey.makers().keys)
        let listed = try Self.gitFiles().filter(Self.isSource)
        return try Set(own.paths + listed).filter { path in
            guard !made.contains(path), !PathText.ancestors(path).contains(where: made.contains),
                !OwnFiles.isOwn(path), path != Project.archivePath,
                let status = try disk.status(path)
            else { return false }
            return status.kind == .file && status.size <= Self.mostBytes
        }
    }

    private static func isSource(_ path: String) -> Bool {
        let name = PathText.name(path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return true }
        return endings.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Nothing outside of a repository.
    private static func gitFiles() throws -> [String] {
        // Not what is untracked: that may be a file of secrets that is not for the archive.
        let command = ProcessCommand(["git", "ls-files", "-z", "--cached"])
        guard
            let output = try? ProcessRunner.run(  // try?: no Git, no files
                command, outputLimit: 1 << 28, timeout: 60),
            output.exit.isSuccess
        else { return [] }
        return output.standardOutput.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The file as it is now; nil where there is none.
    package func file(_ path: String) throws -> UnitFile? {
        guard let status = try disk.status(path), status.kind == .file else { return nil }
        let digest: Digest
        if case .content(let known) = survey.facts.fact(path),
            survey.facts.key(path) == StatKey(status)
        {
            digest = known
        } else {
            digest = try disk.digest(of: path).digest
        }
        return UnitFile(
            path: path, digest: digest, size: status.size, isExecutable: status.mode & 0o100 != 0)
    }
}
