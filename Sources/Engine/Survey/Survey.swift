package import Digests
package import PipelineLedger
import PipelineModel
package import PipelinePlanning
import Posix

/// What all units of a project are, and what there is to do about each: the plan that is shown and run.
///
/// Reads the definition, the ledger and the files; changes nothing.
package final class Survey {
    package let project: Project
    /// No file was looked at before.
    private(set) var began: Timestamp
    package let facts: FileFacts
    package let checker: UpToDateChecker
    package let graph: UnitGraph
    package let memory: [String: UnitMemory]
    /// By index in `graph`.
    package private(set) var decisions: [Decision]
    /// Axes that have never been asked for, by stage: the units along them are not known yet.
    package let unknownAxes: [String: [String]]
    /// Units that an interrupted run with `--force` has made again, which this one does not make again.
    package let madeBefore: Int
    /// Files that units made which the definition no longer has, and which still are what those made: they are read by
    /// no pattern, and leave the next data release.
    package let stale: [StaleOutput]
    /// Where such files were and are not, with what is there now.
    package let former: [FormerOutput]
    package var staleFiles: StaleFiles { StaleFiles(former) }
    /// The paths of those of `stale` that lie where a pattern or a folder of a unit reads.
    let staleInputs: Set<String>

    /// Units that are up to date and stand in none of the lists above, by stage: a survey of what has changed has those
    /// units alone that may have something to do.
    package let others: [String: Int]
    /// How many units each stage has in all.
    let expandedStages: [StatSnapshot.Stage]
    private let makersElsewhere: () -> [String: String]
    private let environment: BuildEnvironment
    private let outputs: Set<String>
    private let outputFolders: Set<String>
    /// Whether a unit runs whatever is recorded.
    private let force: (String) -> Bool
    /// Whether units have run since the files of all stages were looked at.
    private var hasChanged = false

    /// - Parameters:
    ///   - ledger: nil where there is none yet.
    ///   - force: whether every unit of these stages runs whatever is recorded; nil where none does.
    /// - Throws: `UnitGraph.Invalid`, `SurveyError`, `PosixError`, `LedgerError`.
    package convenience init(
        _ project: Project, ledger: LedgerReader?, force: Force? = nil, machine: Machine = .system
    ) throws {
        let environment = try BuildEnvironment(project, on: machine.disk)
        try self.init(project, environment, ledger: ledger, force: force, machine: machine)
    }

    private init(
        _ project: Project, _ environment: BuildEnvironment, ledger: LedgerReader?, force: Force?,
        machine: Machine = .system
    ) throws {
        began = machine.time.now()
        self.project = project
        let memory = try ledger?.unitMemories() ?? [:]
        let facts = FileFacts(recorded: try ledger?.fileDigests() ?? [:], machine: machine)
        let expansion = Expansion(
            project, environment: environment, memory: memory, facts: facts)
        let graph = try UnitGraph(expansion.units)
        let sets = StoredSets(ledger)
        let checker = UpToDateChecker(fact: facts.fact, storedSet: sets.find)
        self.sets = sets
        facts.wholes = expansion.outputs
        facts.load(sets.paths(graph, memory))
        let made = try force.map { try $0.made(ledger) }
        madeBefore = made?.count ?? 0
        let isForced: (String) -> Bool = { unit in made.map { !$0.contains(unit) } ?? false }
        decisions = UnitPlanner.plan(graph, checker: checker, memory: memory, force: isForced)
        try sets.check()
        former = expansion.former
        staleInputs = expansion.staleInputs
        stale = former.filter { $0.state == .stale }.map(\.output)
        unknownAxes = expansion.unknownAxes
        self.memory = memory
        self.facts = facts
        self.graph = graph
        self.checker = checker
        others = [:]
        expandedStages = expansion.stages
        looked = expansion.looked
        makersElsewhere = { [:] }
        self.environment = environment
        self.force = isForced
        outputs = expansion.outputs
        outputFolders = expansion.outputFolders
    }

    private let looked: DirectorySnapshot?
    private let sets: StoredSets
    private static let manyFiles = 5000

    /// The units that the cache has found open; nil where they are not what they were.
    private init?(
        _ project: Project, _ environment: BuildEnvironment, _ cache: StatCache,
        ledger: LedgerReader
    ) throws {
        began = Timestamp.now()
        let record = cache.record
        guard
            let units = try Expansion.units(
                cache.affected, of: record, project, environment: environment, ledger: ledger),
            try Self.covers(units, attemptsSince: record, project, ledger: ledger)
        else { return nil }
        self.project = project
        let memory = try ledger.unitMemories(of: units.map(\.name))
        let graph = try UnitGraph(units)
        let sets = StoredSets(ledger)
        self.sets = sets
        let paths = sets.paths(graph, memory)
        // A question for each, unless one unit reads very many.
        let facts =
            paths.count > Self.manyFiles
            ? FileFacts(recorded: try ledger.fileDigests())
            : FileFacts(recorded: { (try? ledger.knownFile($0)) ?? nil })  // try?: read again
        let checker = UpToDateChecker(fact: facts.fact, storedSet: sets.find)
        facts.wholes = Set(units.flatMap(\.outputs))
        facts.load(paths)
        madeBefore = 0
        decisions = UnitPlanner.plan(graph, checker: checker, memory: memory)
        try sets.check()
        former = record.former
        staleInputs = []
        stale = former.filter { $0.state == .stale }.map(\.output)
        unknownAxes = [:]
        self.memory = memory
        self.facts = facts
        self.graph = graph
        self.checker = checker
        var others: [String: Int] = [:]
        for stage in record.stages { others[stage.name] = stage.units - stage.axes }
        for unit in units { others[unit.stage, default: 0] -= 1 }
        self.others = others
        expandedStages = record.stages
        looked = nil
        self.environment = environment
        force = { _ in false }
        outputs = []
        outputFolders = []
        // Who makes a file is asked for seldom: names are made for all only then.
        makersElsewhere = {
            var makers: [String: String] = [:]
            for unit in 0..<record.outputs.count {
                guard let (stage, _) = record.place(unit) else { continue }
                for path in record.paths(record.outputs[unit]) {
                    let isUnit = project.definition.stage(stage.name)?.kind == .run
                    makers[path] = isUnit ? stage.name : "a unit of stage \(stage.name)"
                }
            }
            return makers
        }
    }

    /// Whether these units are all that were attempted since the record was made. What is known of any other may be
    /// something else by now, and there may be units that the record knows nothing of: `--force` runs what no change
    /// concerns, and a definition may have been another one for a while.
    private static func covers(
        _ units: [UnitSpec], attemptsSince record: StatSnapshot, _ project: Project,
        ledger: LedgerReader
    ) throws -> Bool {
        let names = Set(units.map(\.name))
        return try ledger.attempted(after: record.ledger.attempt).allSatisfy { name, stage in
            if names.contains(name) { return true }
            // A step is no unit: it is looked at by itself.
            guard let content = project.definition.stage(stage)?.content else { return false }
            if case .units = content { return false }
            return true
        }
    }

    /// The survey of a run in which all units are meant: of those alone that may have something to do, where the last
    /// record of what was looked at allows that.
    package static func quick(_ project: Project, ledger: LedgerReader) throws -> Survey {
        try quick(project, ledger: ledger, keepsRecord: true)
    }

    /// The same for who only looks: the record stays as it is.
    package static func looking(_ project: Project, ledger: LedgerReader?) throws -> Survey {
        guard let ledger else { return try Survey(project, ledger: nil) }
        return try quick(project, ledger: ledger, keepsRecord: false)
    }

    private static func quick(
        _ project: Project, ledger: LedgerReader, keepsRecord: Bool
    ) throws -> Survey {
        let environment = try BuildEnvironment(project)
        if let cache = try StatCache(context: environment.digest, ledger: ledger),
            let survey = try Survey(project, environment, cache, ledger: ledger)
        {
            if keepsRecord { try survey.renew(cache, ledger: ledger) }
            return survey
        }
        let survey = try Survey(project, environment, ledger: ledger, force: nil)
        if keepsRecord, let looked = survey.looked,
            let record = try StatSnapshot(
                survey, looked, context: environment.digest, ledger: ledger)
        {
            try record.write()
        }
        return survey
    }

    /// Brings a record up to date whose changes have all turned out to be done, so that the next run finds none.
    private func renew(_ cache: StatCache, ledger: LedgerReader) throws {
        guard !cache.changed.isEmpty, decisions.allSatisfy(\.isUpToDate), facts.hashedFiles == 0
        else { return }
        var record = cache.record
        for (position, unit) in cache.affected.enumerated() {
            let success = memory[graph.units[position].name]?.success
            guard success?.code == record.sets[Int(record.code[unit])],
                success?.reads == record.sets[Int(record.reads[unit])]
            else { return StatSnapshot.remove() }
        }
        for index in cache.changed {
            guard let key = facts.key(record.files.path(index)) else {
                return StatSnapshot.remove()
            }
            record.files.set(index, numbers: key.numbers)
        }
        guard let identity = try ledger.identity() else { return }
        record.ledger = identity
        try record.write()
    }

    /// A set that the ledger has recorded; nil where it has none.
    package func stored(_ set: Digest) -> ComponentSet? { sets.find(set) }

    /// These units need nothing more in this run.
    ///
    /// - Parameter hasChanged: whether any of them made something.
    func settle(_ units: [Int], hasChanged: Bool) {
        for index in units { decisions[index] = .upToDate }
        if hasChanged { self.hasChanged = true }
    }

    /// Whether a stage has the units, and they the inputs, that the survey found, though other stages have run since.
    /// Looks at that stage's files alone, and decides about its units again: in a chain of stages each is looked at once.
    func looksTheSame(_ stage: Stage, _ content: UnitStage) throws -> Bool {
        guard hasChanged else { return true }
        began = facts.machine.time.now()
        let indices = units(of: stage.name)
        guard looked != nil,
            let found = Expansion.units(
                of: stage, content, environment: try environment.again(stage, content),
                memory: memory, outputs: outputs, outputFolders: outputFolders,
                passedOver: StaleFiles(former), on: facts.machine.disk),
            found.count == indices.count,
            zip(indices.sorted(), found).allSatisfy({ Self.isSame(graph.units[$0], $1) })
        else { return false }
        var paths: Set<String> = []
        for index in indices { paths.formUnion(checker.paths(of: graph.units[index], memory)) }
        for path in paths { facts.forget(path) }
        facts.load(paths)
        checker.forgetFiles()
        for index in indices {
            decisions[index] = UnitPlanner.decide(
                index, graph, checker: checker, memory: memory, force: force, decisions)
        }
        return true
    }

    private static func isSame(_ one: UnitSpec, _ other: UnitSpec) -> Bool {
        one.name == other.name && one.inputs == other.inputs && one.mayRead == other.mayRead
            && one.outputs == other.outputs && one.inPlace == other.inPlace
            && one.declaredCode == other.declaredCode
            && one.recipe.digest == other.recipe.digest && one.unreadable == other.unreadable
    }

    /// Who makes a file, by its path.
    func makers() -> [String: String] {
        var makers = makersElsewhere()
        for unit in graph.units { for output in unit.outputs { makers[output] = unit.name } }
        return makers
    }

    /// The indices of a stage's units, in an order in which producers come first.
    package func units(of stage: String) -> [Int] {
        indices[stage] ?? []  // a stage without units
    }

    /// The place of one of the graph's units in it.
    func index(of unit: UnitSpec) -> Int { graph.units.firstIndex { $0.name == unit.name } ?? 0 }

    private lazy var indices = Dictionary(grouping: graph.order) { graph.units[$0].stage }
}
