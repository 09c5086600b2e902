package import Failures
import FoundationEssentials
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// All units of a project, with their inputs found on disk or among each other's outputs.
struct Expansion {
    private(set) var units: [UnitSpec] = []
    private(set) var unknownAxes: [String: [String]] = [:]

    private typealias StageDrafts = (expander: UnitExpander, drafts: [UnitExpander.Draft])

    /// What was looked at to find them, beside the files themselves.
    private(set) var looked: LookedAt
    /// How many units each stage has.
    private(set) var stages: [GlanceRecord.Stage] = []

    init(
        _ project: Project, surroundings: Surroundings, memory: [String: UnitMemory]
    ) throws {
        let began = Timestamp.now()
        let finder = FileFinder()
        var isFile: [String: Bool] = [:]
        let axisValues = Self.axisValues(memory)
        var drafted: [StageDrafts] = []
        for expander in Self.expanders(
            project, surroundings,
            isFile: { path in
                if let known = isFile[path] { return known }
                let found = Self.isFile(path)
                isFile[path] = found
                return found
            })
        {
            let (drafts, unknown) = expander.drafts(axisValues)
            let axes = expander.axisDrafts()
            unknownAxes[expander.stage.name] = unknown
            drafted.append((expander, axes + drafts))
            stages.append(
                .init(
                    name: expander.stage.name, units: axes.count + drafts.count, axes: axes.count))
        }
        let outputs = Set(drafted.flatMap { $0.drafts.flatMap(\.outputs) })
        let resolver = InputResolver(outputs: outputs, find: finder.files)
        units.reserveCapacity(drafted.reduce(0) { $0 + $1.drafts.count })
        for (expander, drafts) in drafted {
            for draft in drafts {
                units.append(
                    expander.unit(
                        draft,
                        inputs: resolver.files(draft.inputs, except: draft.outputs),
                        mayRead: resolver.files(draft.mayRead, except: draft.outputs)))
            }
        }
        looked = LookedAt(
            folders: finder.folders, missingFolders: finder.missingFolders,
            notFiles: isFile.filter { !$0.value }.map(\.key).sorted(), hasLinks: finder.hasLinks,
            began: began)
        guard finder.unreadableNames.isEmpty else {
            throw SurveyError.namesNotUTF8(finder.unreadableNames)
        }
        guard finder.twins.isEmpty else { throw SurveyError.twins(finder.twins) }
    }

    /// The names of all units, without what they read.
    static func names(
        _ project: Project, surroundings: Surroundings, memory: [String: UnitMemory]
    ) -> Set<String> {
        let axisValues = Self.axisValues(memory)
        var names: Set<String> = []
        for expander in expanders(project, surroundings, isFile: isFile) {
            names.formUnion(expander.axisDrafts().map(\.name))
            names.formUnion(expander.drafts(axisValues).drafts.map(\.name))
        }
        return names
    }

    private static func expanders(
        _ project: Project, _ surroundings: Surroundings, isFile: @escaping (String) -> Bool
    ) -> [UnitExpander] {
        project.definition.stages.compactMap { stage in
            guard case .units(let content) = stage.content else { return nil }
            return UnitExpander(
                stage: stage, content: content, surroundings: surroundings[stage.name],
                isFile: isFile)
        }
    }

    static func isFile(_ path: String) -> Bool {
        ((try? FileSystem.status(path)) ?? nil)?.kind == .file
    }

    /// The units at these places of a record, which must be the same as they were; nil where they are not.
    static func units(
        _ affected: [Int], of record: GlanceRecord, _ project: Project,
        surroundings: Surroundings, ledger: LedgerReader
    ) throws -> [UnitSpec]? {
        var places: [String: [(unit: Int, place: Int)]] = [:]
        for unit in affected {
            guard let (stage, place) = record.place(unit), place >= stage.axes else { return nil }
            places[stage.name, default: []].append((unit, place))
        }
        var units: [UnitSpec] = []
        for stage in project.definition.stages {
            guard case .units(let content) = stage.content, let wanted = places[stage.name] else {
                continue
            }
            let expander = UnitExpander(
                stage: stage, content: content, surroundings: surroundings[stage.name],
                isFile: isFile)
            let axes = try ledger.unitMemories(of: expander.axisDrafts().map(\.name))
            let drafts = expander.drafts(at: wanted.map(\.place), axisValues(axes))
            guard drafts.count == wanted.count else { return nil }
            for (draft, (unit, _)) in zip(drafts, wanted) {
                guard draft.outputs == record.paths(record.outputs[unit]) else { return nil }
                units.append(
                    expander.unit(
                        draft, inputs: record.paths(record.inputs[unit]),
                        mayRead: record.paths(record.mayRead[unit])))
            }
        }
        return units
    }

    /// What workers last answered when they were asked for the values of axes.
    private static func axisValues(_ memory: [String: UnitMemory]) -> UnitExpander.AxisMemory {
        var values: UnitExpander.AxisMemory = [:]
        for (name, known) in memory {
            guard let result = known.success?.result, name.contains("/@") else { continue }
            values[name] = try? JSONDecoder().decode([AxisValue].self, from: Data(result.utf8))
                .map(\.value)
        }
        return values
    }
}

/// Why units cannot even be planned.
package enum SurveyError: Explained, Hashable {
    case namesNotUTF8([String])
    case twins([String])

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .namesNotUTF8(let names):
            Failure(
                "names-not-utf8",
                "these file names are not UTF-8, and EFS and S3 could not hold them: "
                    + names.prefix(5).joined(separator: ", "), next: "rename them", run: .again)
        case .twins(let names):
            Failure(
                "name-twins",
                "beside these files stands another whose name differs only in how an accent is written: "
                    + names.prefix(5).joined(separator: ", "), next: "rename one of the two",
                run: .again)
        }
    }
}

/// A value of an axis as JSON holds it.
struct AxisValue: Codable {
    let value: ParameterValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            value = .boolean(boolean)
        } else if let integer = try? container.decode(Int.self) {
            value = .integer(integer)
        } else if let double = try? container.decode(Double.self) {
            value = .double(double)
        } else {
            value = .string(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .boolean(let boolean): try container.encode(boolean)
        case .integer(let integer): try container.encode(integer)
        case .double(let double): try container.encode(double)
        case .string(let string): try container.encode(string)
        }
    }
}
