import Failures
import PipelineEngine
import PipelineModel
import PipelinePlanning

/// What somebody asks about.
enum WhySubject {
    /// A unit of the definition, by its index in the graph.
    case unit(Int)
    /// A stage of units, a rule of it, or a part of a rule's matrix.
    case group(String, units: [Int])
    /// A stage that is one step outside.
    case step(Stage)
    /// A unit that only the ledger knows.
    case past(String)

    /// - Parameters:
    ///   - folder: where the name was typed, absolute: a path may count from there.
    ///   - recorded: the names of all units in the ledger.
    /// - Throws: `UnknownName`.
    static func find(
        _ typed: String, from folder: String, survey: Survey, recorded: [String]
    ) throws -> WhySubject {
        let units = survey.graph.units
        let names = UnitNames(names: units.map(\.name))
        if let stage = survey.project.definition.stage(typed) {
            guard case .units = stage.content else { return .step(stage) }
            return .group(typed, units: survey.units(of: typed))
        }
        let paths = ProjectPath.candidates(typed, from: folder, root: survey.project.root)
        if let index = index(names.find(typed), units) ?? maker(of: paths, units) {
            return .unit(index)
        }
        let family = Set(names.family(typed))
        if !family.isEmpty {
            return .group(
                typed, units: survey.graph.order.filter { family.contains(units[$0].name) })
        }
        if let past = UnitNames(names: recorded).find(typed) ?? pastMaker(of: paths, survey) {
            return .past(past)
        }
        let readers = units.filter { unit in paths.contains { unit.inputs.contains($0) } }
        if let first = readers.first {
            throw NotMade(typed: typed, reader: first.name, others: readers.count - 1)
        }
        throw UnknownName(
            typed, kinds: "stage, unit or output file",
            known: survey.project.definition.stages.map(\.name) + names.names + names.families
                + units.flatMap(\.outputs),
            advice: "`pipeline plan --units` lists units")
    }

    private static func index(_ name: String?, _ units: [UnitSpec]) -> Int? {
        name.flatMap { name in units.firstIndex { $0.name == name } }
    }

    private static func maker(of paths: [String], _ units: [UnitSpec]) -> Int? {
        for path in paths {
            if let index = units.firstIndex(where: { $0.outputs.contains(path) }) { return index }
        }
        return nil
    }

    private static func pastMaker(of paths: [String], _ survey: Survey) -> String? {
        survey.memory.first { _, memory in
            memory.success?.outputs.contains { paths.contains($0.path) } ?? false
        }?.key
    }
}

/// The file is an input that no unit makes, so that there is nothing to explain about it.
struct NotMade: Explained {
    let typed: String
    let reader: String
    /// How many units read it beside that one.
    let others: Int

    var description: String { failure.text }

    var failure: Failure {
        let more = others > 0 ? " and \(others) more units read it" : " reads it"
        return Failure(
            "not-made", "no unit makes \"\(typed)\"; \"\(reader)\"\(more)",
            next: "ask why about that", run: .exact("pipeline why \(reader)"))
    }
}
