import JSON
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Texts

/// All units of a project, with their inputs found on disk or among each other's outputs.
struct Expansion {
    private(set) var units: [UnitSpec] = []
    private(set) var unknownAxes: [String: [String]] = [:]

    private typealias StageDrafts = (expander: UnitExpander, drafts: [UnitExpander.Draft])

    /// What was looked at to find them, beside the files themselves.
    private(set) var looked: DirectorySnapshot
    /// Stale files that lie where a pattern or a folder of a unit reads.
    private(set) var staleInputs: Set<String> = []
    /// Of all units.
    let outputs: Set<String>
    /// Every folder that one of `outputs` lies in.
    let outputFolders: Set<String>
    /// How many units each stage has.
    private(set) var stages: [StatSnapshot.Stage] = []
    /// What units made that the definition no longer has, and what is there now.
    let former: [FormerOutput]

    init(
        _ project: Project, environment: BuildEnvironment, memory: [String: UnitMemory],
        facts: FileFacts
    ) {
        let disk = facts.machine.disk
        let began = facts.machine.time.now()
        var isFile: [String: Bool] = [:]
        let axisValues = Self.axisValues(memory)
        var drafted: [StageDrafts] = []
        for expander in Self.expanders(
            project, environment,
            isFile: { path in
                if let known = isFile[path] { return known }
                let found = Self.isFile(path, on: disk)
                isFile[path] = found
                return found
            })
        {
            let (drafts, unknown) = expander.drafts(axisValues)
            let axes = expander.axisDrafts()
            unknownAxes[expander.stage.name] = unknown
            drafted.append((expander, axes + drafts.map { $0.knowing(memory[$0.name]) }))
            stages.append(
                .init(
                    name: expander.stage.name, units: axes.count + drafts.count, axes: axes.count))
        }
        outputs = Set(drafted.flatMap { $0.drafts.flatMap(\.outputs) })
        let remembered = StaleOutput.placed(
            StaleOutput.remembered(
                names: Set(drafted.flatMap { $0.drafts.map(\.name) }), outputs: outputs, memory,
                unknownAxes: unknownAxes))
        facts.load(remembered.map(\.place))
        former = StaleOutput.states(
            remembered, declared: remembered.isEmpty ? [] : Self.declared(drafted, project),
            root: project.root, fact: facts.fact)
        outputFolders = InputResolver.folders(of: outputs)
        let finder = FileFinder(wholes: outputs, folders: outputFolders, on: disk)
        finder.passedOver = StaleFiles(former)
        let resolver = InputResolver(
            outputs: outputs, outputFolders: outputFolders, find: finder.files)
        units.reserveCapacity(drafted.reduce(0) { $0 + $1.drafts.count })
        for (expander, drafts) in drafted {
            for draft in drafts {
                units.append(
                    expander.unit(
                        draft, inputs: resolver.files(draft.inputs, except: draft),
                        mayRead: resolver.files(draft.mayRead, except: draft).paths))
            }
        }
        staleInputs = finder.passed
        looked = DirectorySnapshot(
            folders: finder.folders, missingFolders: finder.missingFolders,
            notFiles: isFile.filter { !$0.value }.map(\.key).sorted(), hasLinks: finder.hasLinks,
            began: began)
    }

    /// Paths that the definition names one by one: inputs, code, words of commands.
    private static func declared(_ drafted: [StageDrafts], _ project: Project) -> Set<String> {
        var paths: Set<String> = []
        for (expander, drafts) in drafted {
            let code = expander.content.code
            let inputs = drafts.flatMap { $0.inputs + $0.mayRead }
            paths.formUnion((code + inputs).filter { !$0.isPattern }.map(\.source))
            for case .command(let words) in drafts.map(\.kind) {
                paths.formUnion(words.filter { $0.places.isEmpty }.map(\.source))
            }
        }
        return paths
    }

    /// The names of all units, without what they read.
    static func names(
        _ project: Project, environment: BuildEnvironment, memory: [String: UnitMemory]
    ) -> Set<String> {
        let axisValues = Self.axisValues(memory)
        var names: Set<String> = []
        for expander in expanders(
            project, environment, isFile: { isFile($0, on: SystemDisk()) })
        {
            names.formUnion(expander.axisDrafts().map(\.name))
            names.formUnion(expander.drafts(axisValues).drafts.map(\.name))
        }
        return names
    }

    private static func expanders(
        _ project: Project, _ environment: BuildEnvironment, isFile: @escaping (String) -> Bool
    ) -> [UnitExpander] {
        project.definition.stages.compactMap { stage in
            guard case .units(let content) = stage.content else { return nil }
            return UnitExpander(
                stage: stage, content: content, environment: environment[stage.name],
                isFile: isFile)
        }
    }

    /// Whether a word of a command names a file of the project. What cannot be looked at counts as one: its unit fails
    /// by its name then. A text that is no path at all is none.
    static func isFile(_ path: String, on disk: any Disk) -> Bool {
        do {
            return try disk.status(path)?.kind == .file
        } catch {
            return !error.isNoPath
        }
    }

    /// The units of one stage as they are now, in the order of the definition; nil where an axis is not known.
    ///
    /// - Parameters:
    ///   - outputs, outputFolders: of all units.
    ///   - passedOver: as `FileFinder` has it.
    static func units(
        of stage: Stage, _ content: UnitStage, environment: StageEnvironment,
        memory: [String: UnitMemory], outputs: Set<String>, outputFolders: Set<String>,
        passedOver: StaleFiles, on disk: any Disk
    ) -> [UnitSpec]? {
        let expander = UnitExpander(
            stage: stage, content: content, environment: environment,
            isFile: { isFile($0, on: disk) })
        let axes = expander.axisDrafts()
        let known = axes.compactMap { axis in memory[axis.name].map { (axis.name, $0) } }
        let (drafts, unknown) = expander.drafts(
            axisValues(Dictionary(known) { first, _ in first }))
        guard unknown.isEmpty else { return nil }
        let finder = FileFinder(wholes: outputs, folders: outputFolders, on: disk)
        finder.passedOver = passedOver
        let resolver = InputResolver(
            outputs: outputs, outputFolders: outputFolders, find: finder.files)
        return (axes + drafts.map { $0.knowing(memory[$0.name]) }).map { draft in
            expander.unit(
                draft, inputs: resolver.files(draft.inputs, except: draft),
                mayRead: resolver.files(draft.mayRead, except: draft).paths)
        }
    }

    /// The units at these places of a record, which must be the same as they were; nil where they are not.
    static func units(
        _ affected: [Int], of record: StatSnapshot, _ project: Project,
        environment: BuildEnvironment, ledger: LedgerReader
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
                stage: stage, content: content, environment: environment[stage.name],
                isFile: { isFile($0, on: SystemDisk()) })
            let axes = try ledger.unitMemories(of: expander.axisDrafts().map(\.name))
            let places = expander.drafts(at: wanted.map(\.place), axisValues(axes))
            let writers = try ledger.unitMemories(
                of: places.filter { $0.inPlace != nil }.map(\.name))
            let drafts = places.map { $0.knowing(writers[$0.name]) }
            guard drafts.count == wanted.count else { return nil }
            for (draft, (unit, _)) in zip(drafts, wanted) {
                guard draft.outputs == record.paths(record.outputs[unit]) else { return nil }
                units.append(
                    expander.unit(
                        draft, inputs: FoundFiles(record.paths(record.inputs[unit])),
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
            let found = try? JSONValue.decode(  // try?: asks again
                [AxisValue].self, from: result.utf8)
            values[name] = found?.map(\.value)
        }
        return values
    }
}

extension InputResolver {
    /// Without what the unit itself writes.
    fileprivate func files(_ patterns: [PathPattern], except draft: UnitExpander.Draft)
        -> FoundFiles
    {
        var found = files(patterns, except: draft.outputs)
        if let inPlace = draft.inPlace {
            found.paths.removeAll { inPlace.holds($0) || inPlace.isMarker($0) }
        }
        return found
    }
}

/// A value of an axis as JSON holds it.
struct AxisValue: Codable {
    let value: ParameterValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {  // try?: asks for the type
            value = .boolean(boolean)
        } else if let integer = try? container.decode(Int.self) {  // try?: as above
            value = .integer(integer)
        } else if let double = try? container.decode(Double.self) {  // try?: as above
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
