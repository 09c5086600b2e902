import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning

/// A plan that was saved: what it is about, each unit and step with work, and all that this rests on.
///
/// Its parts: the file (`SavedPlan+File.swift`), how it differs from what is there by now (`PlanDifference.swift`), and a run
/// that carries it out (`PlannedRun.swift`).
struct SavedPlan: Codable {
    /// The version of the form.
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
            SavedStage(plan) { unit in
                indices[unit].flatMap { report.survey?.components(of: $0) }.map {
                    Rests(
                        recipe: keep($0.recipe), code: keep($0.code), inputs: keep($0.inputs),
                        reads: keep($0.reads))
                }
            }
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
}

extension SavedPlan.SavedStage {
    /// - Parameter rests: what decides the outputs of a unit, by its name; nil for steps.
    init(_ plan: StagePlan, rests: (String) -> SavedPlan.Rests? = { _ in nil }) {
        self.init(
            stage: plan.stage, upToDate: plan.upToDate, unknownAxes: plan.unknownAxes,
            work: plan.work.map {
                .init(
                    unit: $0.unit, action: $0.action.rawValue, reasons: $0.reasons,
                    rests: rests($0.unit))
            },
            state: Dictionary(plan.state.map { ($0.name, $0.value) }) { $1 })
    }
}
