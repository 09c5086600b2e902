import Arguments
import Digests
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// A plan in a file: what it is about, each unit and step with work, and all that this rests on.
struct SavedPlan: Codable {
    /// Of this form.
    let pipelinePlan: Int
    let project: String
    /// Absolute.
    let root: String
    /// Milliseconds since 1970.
    let savedMs: Int64
    let request: RunRequest
    /// Files that decide what a run is, by path: digests.
    let definitions: [String: String]
    let stages: [SavedStage]
    /// Component sets by digest, each once however many units share it.
    let sets: [String: [String: String]]

    static let form = 1

    struct SavedStage: Codable {
        let stage: String
        let upToDate: Int
        let unknownAxes: [String]
        let work: [SavedItem]
        /// What a step rests on, by name.
        let state: [String: String]
    }

    struct SavedItem: Codable {
        let unit: String
        let action: String
        let reasons: [String]
        /// Digests in `sets`; nil for steps.
        let rests: Rests?
    }

    /// What decides a unit's outputs.
    struct Rests: Codable, Hashable {
        let recipe: String
        let code: String
        let inputs: String
        let reads: String
    }
}

extension SavedPlan {
    init(_ report: PlanReport, _ request: RunRequest, _ project: Project) throws {
        var sets: [String: [String: String]] = [:]
        func keep(_ set: ComponentSet) -> String {
            let name = set.digest.hex
            if sets[name] == nil {
                sets[name] = Dictionary(set.entries.map { ($0.name, $0.value) }) { $1 }
            }
            return name
        }
        var indices: [String: Int] = [:]
        for (index, unit) in (report.survey?.graph.units ?? []).enumerated() {
            indices[unit.name] = index
        }
        let stages = report.stages.map { plan in
            SavedStage(
                stage: plan.stage, upToDate: plan.upToDate, unknownAxes: plan.unknownAxes,
                work: plan.work.map { item in
                    let parts = indices[item.unit].flatMap { report.survey?.components(of: $0) }
                    return SavedItem(
                        unit: item.unit, action: item.action.rawValue, reasons: item.reasons,
                        rests: parts.map {
                            Rests(
                                recipe: keep($0.recipe), code: keep($0.code),
                                inputs: keep($0.inputs), reads: keep($0.reads))
                        })
                },
                state: Dictionary(plan.state.map { ($0.name, $0.value) }) { $1 })
        }
        self.init(
            pipelinePlan: Self.form, project: project.definition.project, root: project.root,
            savedMs: RecordedTime.now, request: request,
            definitions: try Self.definitions(request, project), stages: stages, sets: sets)
    }

    private static func definitions(
        _ request: RunRequest, _ project: Project
    ) throws -> [String: String] {
        var paths = [Project.definitionPath]
        do {
            let environment = try project.environment(request.environment)
            paths.append("\(Project.environmentsPath)/\(environment.name).yaml")
        } catch is ProjectError {
            // None is named, and none is needed to compile. A file that cannot be read is an error.
        }
        return try Dictionary(
            uniqueKeysWithValues: paths.map { ($0, try Digest.ofFile($0).digest.hex) })
    }

    // MARK: The file

    /// Where a file lies that was named before the project was entered; absolute.
    static func place(_ typed: String) throws -> String {
        typed.hasPrefix("/") ? typed : "\(try FileSystem.currentDirectory())/\(typed)"
    }

    /// Writes over nothing that is not a plan.
    func write(to path: String) throws {
        if let status = try FileSystem.status(path), status.size > 0 {
            let plan = try? Self.read(path)  // try?: what is no plan is not overwritten
            guard plan != nil else { throw Unusable.notOurs(path) }
        }
        // Values of declared variables stand in it, as in the ledger.
        try FileSystem.writeAtomically(try JSONValue.encode(self).bytes, to: path, mode: 0o600)
    }

    static func read(_ path: String) throws -> SavedPlan {
        guard try FileSystem.status(path) != nil else { throw Unusable.missing(path) }
        struct Form: Decodable { let pipelinePlan: Int }
        let bytes = try FileSystem.read(path)
        guard let form = try? JSONValue.decode(Form.self, from: bytes) else {  // try?: it throws
            throw Unusable.noPlan(path)
        }
        guard form.pipelinePlan == Self.form else { throw Unusable.otherForm(path) }
        let plan = try? JSONValue.decode(SavedPlan.self, from: bytes)  // try?: it throws
        guard let plan else {
            throw Unusable.noPlan(path)
        }
        return plan
    }

    /// Why a file cannot be used as a plan, or not like this.
    enum Unusable: Explained, Hashable {
        case missing(String)
        case noPlan(String)
        case notOurs(String)
        case otherForm(String)
        case otherProject(String, root: String)
        case saysAlready(option: String)

        var description: String { failure.text }

        var failure: Failure {
            switch self {
            case .missing(let path):
                Failure(
                    "no-such-plan", "there is no plan \"\(path)\"", next: "make one",
                    run: Self.making(path))
            case .noPlan(let path):
                Failure(
                    "not-a-plan", "\"\(path)\" is not a plan",
                    next: "name one that was made by `pipeline plan --save FILE`")
            case .notOurs(let path):
                Failure(
                    "plan-over-other-file",
                    "\"\(path)\" is there and is not a plan, so it was not replaced",
                    next: "name another file, or remove it")
            case .otherForm(let path):
                Failure(
                    "plan-other-version",
                    "the plan \"\(path)\" is of another version of pipeline",
                    next: "make it again", run: Self.making(path))
            case .otherProject(let path, let root):
                Failure(
                    "plan-other-project",
                    "the plan \"\(path)\" is of the project in \"\(root)\"",
                    next: "carry it out there",
                    run: .exact(
                        ShellWords.line(["pipeline", "run", "--project", root, "--plan", path])))
            case .saysAlready(let option):
                Failure(
                    "plan-says-already",
                    "\(option) does not go with --plan: a plan says itself what is to run",
                    next: "leave out \(option), or make another plan", run: "pipeline plan --help")
            }
        }

        private static func making(_ path: String) -> Failure.Command {
            .exact(ShellWords.line(["pipeline", "plan", "--save", path]))
        }
    }
}
