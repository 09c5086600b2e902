package import Failures
package import PipelineModel
import Posix
import Processes
import Synchronization
import Texts

/// The Python environment that the stages of a project run in: the one that the definition names, else the one that the
/// project has. Looked for once.
package final class ProjectPython: Sendable {
    package enum State: Sendable, Hashable {
        /// A folder whose `bin/python` it is, absolute, and why it is this one.
        case folder(String, source: String)
        /// Whatever PATH has, and why.
        case path(source: String)
        /// One is asked for and is not there: what asks for it, and what makes it.
        case missing(String, make: String)
    }

    private let root: String
    /// What the definition says under `python`.
    private let named: String?
    private let found = Mutex<State?>(nil)

    init(root: String, named: String?) {
        self.root = root
        self.named = named
    }

    /// - Throws: what kept a file from being looked at.
    package func state() throws -> State {
        if let known = found.withLock({ $0 }) { return known }
        let state = try named.map(choice) ?? search()
        found.withLock { $0 = state }
        return state
    }

    /// Variables of a stage with those that make this environment the first in its PATH.
    package func environment(_ own: [String: String]) throws -> [String: String] {
        guard case .folder(let folder, _) = try state() else { return own }
        var variables = own
        let path = own["PATH"] ?? Environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        variables["PATH"] = "\(folder)/bin:\(path)"
        let isVirtual = try FileSystem.status("\(folder)/pyvenv.cfg") != nil
        variables[isVirtual ? "VIRTUAL_ENV" : "CONDA_PREFIX"] = folder
        return variables
    }

    /// Why a stage cannot run: it starts Python, and the environment that the project asks for is not there.
    ///
    /// - Parameter isStrict: whether an environment that the definition does not name is asked for as well.
    package func obstacle(_ stage: Stage, isStrict: Bool) throws -> Failure? {
        guard named != nil || isStrict, Self.isStarted(by: stage),
            case .missing(let what, let make) = try state()
        else { return nil }
        return Failure(
            "no-python-environment",
            "stage \(stage.name) starts Python, and the project's environment is not there: \(what)",
            next: "make it, or name another one under \"python\" in \(Project.definitionPath) "
                + "(\"python: PATH\" takes whatever the shell finds)", run: .exact(make)
        ).at(.file(Project.definitionPath, line: max(1, stage.line), column: 1))
    }

    /// Whether a stage starts `python`, `python3` and the like by name alone.
    package static func isStarted(by stage: Stage) -> Bool {
        guard case .units(let content) = stage.content else { return false }
        let programs =
            content.templates.compactMap { $0.command?.first?.source }
            + [content.worker?.first].compactMap { $0 }
        return programs.contains(where: isPython)
    }

    /// - Parameter program: as a command names it.
    package static func isPython(_ program: String) -> Bool {
        guard program.hasPrefix("python") else { return false }
        let version = program.dropFirst("python".count)
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
        return version.isEmpty || numbers.count <= 2 && numbers.allSatisfy { Int($0) != nil }
    }

    // MARK: Which one

    private func choice(_ name: String) throws -> State {
        if name == "PATH" { return .path(source: "the definition names it") }
        if name.hasPrefix("conda:") {
            let conda = String(name.dropFirst("conda:".count))
            if let folder = try condaFolder(conda) {
                return .folder(folder, source: "conda environment \(conda)")
            }
            return .missing(
                "the definition names conda environment \(conda)",
                make: "conda create --name \(conda) python")
        }
        // A program stands for its environment.
        let folder = name.hasSuffix("/bin/python") ? String(name.dropLast(11)) : name
        if let whole = try environment(at: folder) { return .folder(whole, source: name) }
        return .missing(
            "\"\(name)\", which the definition names, holds no bin/python",
            make: "python3 -m venv \(folder)" + (try packages().map { " && \(folder)/\($0)" } ?? "")
        )
    }

    private func search() throws -> State {
        for folder in [".venv", "venv"] {
            if let whole = try environment(at: folder) { return .folder(whole, source: folder) }
        }
        if try isFile("poetry.lock"), let folder = poetryFolder() {
            return .folder(folder, source: "poetry.lock")
        }
        let conda = try condaName()
        if let conda, let folder = try condaFolder(conda.name) {
            return .folder(folder, source: conda.file)
        }
        if let active = Self.active { return .path(source: "\(active) is active in this shell") }
        let declared: (file: String, make: String)? =
            try isFile("uv.lock")
            ? ("uv.lock", "uv sync")
            : isFile("poetry.lock")
                ? ("poetry.lock", "poetry install")
                : conda.map { ($0.file, "conda env create --file \($0.file)") }
        if let declared {
            return .missing(
                "\(declared.file) asks for one, and none was found", make: declared.make)
        }
        if let packages = try packages() {
            let file = try isFile("requirements.txt") ? "requirements.txt" : "pyproject.toml"
            return .missing(
                "\(file) names packages, and there is no .venv",
                make: "python3 -m venv .venv && .venv/\(packages)")
        }
        return .path(source: "the project names no packages")
    }

    /// What installs the packages that the project names, below the environment's folder; nil where it names none.
    private func packages() throws -> String? {
        if try isFile("requirements.txt") { return "bin/pip install -r requirements.txt" }
        guard try isFile("pyproject.toml") else { return nil }
        let text = try FileSystem.readText("pyproject.toml")
        return text.contains("[project]") && text.contains("dependencies")
            ? "bin/pip install ." : nil
    }

    private func isFile(_ path: String) throws -> Bool {
        try FileSystem.status(path)?.kind == .file
    }

    /// The folder, absolute, where it holds a Python.
    private func environment(at folder: String) throws -> String? {
        let whole = folder.hasPrefix("/") ? folder : "\(root)/\(folder)"
        return try isFile("\(whole)/bin/python") ? whole : nil
    }

    /// An environment that a person has activated; conda's own `base` is always active and nobody's choice.
    private static var active: String? {
        if let folder = Environment.value("VIRTUAL_ENV") { return folder }
        guard let folder = Environment.value("CONDA_PREFIX"),
            Environment.value("CONDA_DEFAULT_ENV") != "base"
        else { return nil }
        return folder
    }

    private func poetryFolder() -> String? {
        let output = try? ProcessRunner.run(  // try?: without poetry there is no such environment
            ProcessCommand(["poetry", "env", "info", "--path"]), timeout: 30)
        guard let output, output.exit.isSuccess else { return nil }
        let line = output.standardOutputText.split(separator: "\n").first.map(String.init) ?? ""
        return line.hasPrefix("/") ? line : nil
    }

    private func condaName() throws -> (name: String, file: String)? {
        for file in ["environment.yml", "environment.yaml"] where try isFile(file) {
            for line in try FileSystem.readText(file).split(separator: "\n")
            where line.hasPrefix("name:") {
                let name = line.dropFirst(5).filter { !" \t\r\"'".contains($0) }
                if !name.isEmpty { return (name, file) }
            }
        }
        return nil
    }

    /// conda notes all of its environments in a file of the user's, and keeps those with names in one folder.
    private func condaFolder(_ name: String) throws -> String? {
        var folders = ["MAMBA_ROOT_PREFIX", "CONDA_ROOT"].compactMap(Environment.value).map {
            "\($0)/envs/\(name)"
        }
        if let home = Environment.value("HOME") {
            let list = "\(home)/.conda/environments.txt"
            if try isFile(list) {
                folders += try FileSystem.readText(list).split(separator: "\n").map(String.init)
                    .filter { $0.hasSuffix("/\(name)") }
            }
            folders += ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"].map {
                "\(home)/\($0)/envs/\(name)"
            }
        }
        for folder in folders {
            if let whole = try environment(at: folder) { return whole }
        }
        return nil
    }
}
