import DeployTargets
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Processes

/// What the stages of the definition need to begin: programs, scripts, modules of Python, inputs. Nothing is started of the
/// project, and nothing is changed.
struct StageDoctor {
    private static let area = "stages"

    let project: Project
    let ledger: LedgerReader?

    func diagnoses() -> [Diagnosis] {
        let stages = project.definition.stages
        let commands = stages.flatMap(StageCommand.of)
        return collected("Python") { python(stages) }
            + collected("programs") { try programs(commands) }
            + collected("modules") { try modules(commands) }
            + collected("roots", roots)
            + collected("inputs") { try inputs(stages) }
    }

    /// A question that could not be answered is reported as that.
    private func collected(
        _ subject: String, _ body: () throws -> [Diagnosis]
    ) -> [Diagnosis] {
        do { return try body() } catch { return [.unknown(Self.area, subject, error)] }
    }

    // MARK: Python

    private func python(_ stages: [Stage]) -> [Diagnosis] {
        guard stages.contains(where: ProjectPython.isStarted) || project.definition.python != nil
        else { return [] }
        return collected("Python") {
            switch try project.python.state() {
            case .folder(let folder, let source):
                [Diagnosis(Self.area, "Python", .good, "\(folder) (\(source))")]
            case .path(let source):
                [Diagnosis(Self.area, "Python", .good, "what the shell finds: \(source)")]
            case .missing(let what, let make):
                [Diagnosis(Self.area, "Python", .bad, what, advice: "make it: \(make)")]
            }
        }
    }

    private func environment(of stage: String) throws -> [String: String] {
        guard case .units(let content) = project.definition.stage(stage)?.content else {
            return [:]
        }
        return try project.python.environment(content.environment)
    }

    // MARK: Programs

    private func programs(_ commands: [StageCommand]) throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        var good: [String] = []
        var seen: Set<String> = []
        for command in commands {
            let environment = try environment(of: command.stage)
            let scripted = command.scriptPrograms.map { ($0, true) }
            for (name, isScript) in [command.program].compactMap({ $0 }).map({ ($0, false) })
                + scripted
            where seen.insert("\(name) \(environment["PATH"] ?? "")").inserted && !isMade(name) {
                if try isThere(name, inScript: isScript, environment) {
                    good.append(name)
                    continue
                }
                found.append(
                    Diagnosis(
                        Self.area, name, .bad,
                        "stage \(command.stage) starts it, and it was not found",
                        advice: name.contains("/")
                            ? "check the path and its mode, or the command in \(Project.definitionPath)"
                            : "install it, or put its folder into PATH"))
            }
            if case .file(let path) = command.target, !isMade(path),
                try FileSystem.status(path) == nil, seen.insert(path).inserted
            {
                found.append(
                    Diagnosis(
                        Self.area, path, .bad,
                        "stage \(command.stage) runs it, and it is not there",
                        advice: "check the path in \(Project.definitionPath)"))
            }
        }
        if found.isEmpty, !good.isEmpty {
            let names = Set(good).sorted().joined(separator: ", ")
            found.append(Diagnosis(Self.area, "programs", .good, names))
        }
        return found
    }

    private func isThere(
        _ name: String, inScript: Bool, _ environment: [String: String]
    ) throws -> Bool {
        guard inScript else {
            do {
                _ = try ProcessCommand([name], environment: environment).executable()
                return true
            } catch .executableNotFound { return false }
        }
        // A word of the shell itself is one too.
        let output = try ProcessRunner.run(
            ProcessCommand(
                ["sh", "-c", "command -v -- \"$1\" >/dev/null", "sh", name],
                environment: environment), timeout: 10)
        return output.exit.isSuccess
    }

    /// Whether some unit makes the file.
    private func isMade(_ path: String) -> Bool {
        project.definition.stages.contains { stage in
            guard case .units(let content) = stage.content else { return false }
            return content.templates.flatMap { $0.outputs + ($0.inPlace?.outputs ?? []) }
                .contains { $0.source == path }
        }
    }

    // MARK: Modules

    /// An interpreter with its variables, and the programs that are run by it.
    private struct Interpreter: Hashable {
        let program: String
        let environment: [String: String]
    }

    private struct Missing: Decodable {
        let program: String
        let name: String
        let file: String
        let line: Int
        let error: String
        let unsure: Bool
    }

    private func modules(_ commands: [StageCommand]) throws -> [Diagnosis] {
        if case .missing = try project.python.state() { return [] }
        var programs: [Interpreter: [String]] = [:]
        for command in commands where command.isPython {
            guard let program = command.program else { continue }
            let interpreter = Interpreter(
                program: program, environment: try environment(of: command.stage))
            switch command.target {
            case .file(let path) where try FileSystem.status(path) != nil:
                programs[interpreter, default: []].append("file:\(path)")
            case .module(let name): programs[interpreter, default: []].append("module:\(name)")
            case .file, nil: continue
            }
        }
        let found = programs.sorted { $0.key.program < $1.key.program }.flatMap { asked in
            collected("modules") {
                diagnoses(try missing(asked.key, Array(Set(asked.value)).sorted()))
            }
        }
        if found.isEmpty, !programs.isEmpty {
            return [Diagnosis(Self.area, "modules", .good, "all that Python programs import")]
        }
        return found
    }

    /// One for each module, however many lines import it.
    private func diagnoses(_ missing: [Missing]) -> [Diagnosis] {
        var places: [String: [Missing]] = [:]
        for each in missing { places[each.name, default: []].append(each) }
        var names = Set<String>()
        return missing.compactMap { first in
            guard names.insert(first.name).inserted else { return nil }
            let all = places[first.name] ?? []
            let others = Set(all.map { "\($0.file):\($0.line)" }).count - 1
            let more = others > 0 ? " (and \(others) more line\(others == 1 ? "" : "s"))" : ""
            let isUnsure = all.allSatisfy(\.unsure)
            return Diagnosis(
                Self.area, first.name, isUnsure ? .warning : .bad,
                "\(first.file) line \(first.line)\(more) imports it: \(first.error)",
                advice: isUnsure
                    ? "if the program finds it by its own sys.path, nothing; else install it"
                    : "install it in the environment of the stages")
        }
    }

    /// Programs are read, and modules that are not the project's are imported: nothing of the project is run.
    private func missing(_ interpreter: Interpreter, _ programs: [String]) throws -> [Missing] {
        let paths =
            interpreter.environment["PYTHONPATH"] ?? Environment.value("PYTHONPATH") ?? ""
        let folders = paths.split(separator: ":").map {
            $0.hasPrefix("/") ? String($0) : "\(project.root)/\($0)"
        }
        var environment: [String: String?] = interpreter.environment.mapValues { $0 }
        environment["PYTHONPATH"] = .some(nil)
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let program =
            interpreter.program.contains("/") && !interpreter.program.hasPrefix("/")
            ? "\(project.root)/\(interpreter.program)" : interpreter.program
        let output = try ProcessRunner.run(
            // From another folder: Python looks for its own modules where it is started.
            ProcessCommand(
                [
                    program, "-c", String(decoding: PackageResources.imports_py, as: UTF8.self),
                    project.root, folders.joined(separator: ":"),
                ] + programs, environment: environment, directory: "/"), timeout: 120)
        guard output.exit.isSuccess else {
            throw ProbeFailed(
                description: "\(interpreter.program) \(output.exit): "
                    + (output.standardErrorText.split(separator: "\n").last.map(String.init) ?? ""))
        }
        return try JSONValue.decode([Missing].self, from: output.standardOutput)
    }

    private struct ProbeFailed: Error, CustomStringConvertible { let description: String }

    // MARK: Inputs

    /// Folders outside of the project that inputs lie in: each must be there and can be listed.
    private func roots() throws -> [Diagnosis] {
        project.definition.roots.sorted { $0.key < $1.key }.flatMap { name, path in
            collected("root \(name)") {
                guard try FileSystem.status(path)?.kind == .directory else {
                    return [
                        Diagnosis(
                            Self.area, "root \(name)", .bad, "there is no folder \"\(path)\"",
                            advice:
                                "mount it, or change its path under \"roots\" in \(Project.definitionPath)"
                        )
                    ]
                }
                _ = try FileSystem.entries(of: path)
                return [Diagnosis(Self.area, "root \(name)", .good, path)]
            }
        }
    }

    private func inputs(_ stages: [Stage]) throws -> [Diagnosis] {
        let survey = try Survey(project, ledger: ledger)
        var found: [Diagnosis] = []
        var count = 0
        for stage in stages where !StageCommand.of(stage).isEmpty {
            let units = survey.units(of: stage.name)
            count += units.count
            let missing = units.compactMap { index -> (unit: String, why: String)? in
                let unit = survey.graph.units[index].name
                switch survey.decisions[index] {
                case .missingInputs(let paths):
                    let names = paths.prefix(3).joined(separator: ", ")
                    let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
                    return (unit, "reads \(names)\(more): not there, and nothing makes it")
                case .unreadable(let failures):
                    return (unit, failures.first?.text ?? "an input cannot be read")
                case .upToDate, .run, .restoreOrRun, .waits: return nil
                }
            }
            for entry in missing.prefix(5) {
                found.append(
                    Diagnosis(
                        Self.area, "input", .bad, "\(entry.unit) \(entry.why)",
                        advice: "put the file there, or correct \"inputs\""))
            }
            if missing.count > 5 {
                found.append(
                    Diagnosis(
                        Self.area, stage.name, .bad, "\(missing.count - 5) more units lack inputs"))
            }
        }
        if found.isEmpty, count > 0 {
            found.append(Diagnosis(Self.area, "inputs", .good, "those of \(count) units"))
        }
        return found
    }
}
