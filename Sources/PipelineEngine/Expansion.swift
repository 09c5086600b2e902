import FoundationEssentials
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// All units of a project, with their inputs found on disk or among each other's outputs.
struct Expansion {
    private(set) var units: [UnitSpec] = []
    private(set) var unknownAxes: [String: [String]] = [:]
    private(set) var learnedTools: [String: (statKey: String, output: String)] = [:]

    private typealias StageDrafts = (expander: UnitExpander, drafts: [UnitExpander.Draft])

    init(_ project: Project, memory: [String: UnitMemory], ledger: LedgerReader?) throws {
        let finder = FileFinder()
        let axisValues = Self.axisValues(memory)
        var stages: [StageDrafts] = []
        for stage in project.definition.stages {
            guard case .units(let content) = stage.content else { continue }
            let expander = UnitExpander(
                stage: stage, content: content,
                surroundings: try surroundings(content, ledger, finder),
                isFile: { path in (try? FileSystem.status(path))?.kind == .file })
            let (drafts, unknown) = expander.drafts(axisValues)
            unknownAxes[stage.name] = unknown
            stages.append((expander, expander.axisDrafts() + drafts))
        }
        let outputs = Set(stages.flatMap { $0.drafts.flatMap(\.outputs) })
        let resolver = InputResolver(outputs: outputs, find: finder.files)
        for (expander, drafts) in stages {
            units += drafts.map { draft in
                expander.unit(
                    draft,
                    inputs: resolver.files(draft.inputs, except: draft.outputs),
                    mayRead: resolver.files(draft.mayRead, except: draft.outputs))
            }
        }
        guard finder.unreadableNames.isEmpty else {
            throw SurveyError.namesNotUTF8(finder.unreadableNames)
        }
        guard finder.twins.isEmpty else { throw SurveyError.twins(finder.twins) }
    }

    private mutating func surroundings(
        _ content: UnitStage, _ ledger: LedgerReader?, _ finder: FileFinder
    ) throws -> StageSurroundings {
        var probe = ToolProbe(ledger: ledger, environment: content.environment)
        var tools: [String: String] = [:]
        for command in content.tools {
            tools[command.joined(separator: " ")] = try probe.version(command)
        }
        learnedTools.merge(probe.learned) { $1 }
        var variables: [String: String] = [:]
        for name in content.passEnvironment { variables[name] = Environment.value(name) }
        let code = Set(content.code.flatMap(finder.files))
        return StageSurroundings(variables: variables, tools: tools, code: code.sorted())
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
package enum SurveyError: Error, Hashable, CustomStringConvertible {
    case namesNotUTF8([String])
    case twins([String])

    package var description: String {
        switch self {
        case .namesNotUTF8(let names):
            "these file names are not UTF-8, and EFS and S3 could not hold them: "
                + names.prefix(5).joined(separator: ", ") + "; rename them"
        case .twins(let names):
            "beside these files stands another whose name differs only in how an accent is written: "
                + names.prefix(5).joined(separator: ", ") + "; rename one of the two"
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
