import Digests
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// What units depend on beside the files that they name: variables, versions of tools, code that counts for all of a
/// stage. Asked for once.
struct Surroundings {
    private var ofStages: [String: StageSurroundings] = [:]
    /// Answers of tools that the ledger may keep: state of the program and output, by command.
    private(set) var learnedTools: [String: (statKey: String, output: String)] = [:]
    /// The digest of all of it, of the definition and of the program: with equal ones the same files make the same units.
    let digest: Digest

    init(_ project: Project, ledger: LedgerReader?) throws {
        let finder = FileFinder()
        var text = try FileSystem.readText(Project.definitionPath)
        for stage in project.definition.stages {
            guard case .units(let content) = stage.content else { continue }
            var probe = ToolProbe(ledger: ledger, environment: content.environment)
            var tools: [String: String] = [:]
            for command in content.tools {
                tools[command.joined(separator: " ")] = try probe.version(command)
            }
            learnedTools.merge(probe.learned) { $1 }
            var variables: [String: String] = [:]
            for name in content.passEnvironment { variables[name] = Environment.value(name) }
            let code = Set(content.code.flatMap(finder.files)).sorted()
            ofStages[stage.name] = StageSurroundings(
                variables: variables, tools: tools, code: code)
            text += CanonicalJSON.array([
                CanonicalJSON.string(stage.name),
                CanonicalJSON.object(
                    tools.map { (key: $0.key, value: CanonicalJSON.string($0.value)) }),
                CanonicalJSON.object(
                    variables.map { (key: $0.key, value: CanonicalJSON.string($0.value)) }),
                CanonicalJSON.array(code.map(CanonicalJSON.string)),
            ])
        }
        // Another build of the program may expand or decide otherwise.
        if let program = try FileSystem.status("/proc/self/exe") {
            text += "\(project.root) \(program.inode) \(program.size) \(program.modifiedNs)"
        }
        digest = Digest.of(text)
    }

    subscript(_ stage: String) -> StageSurroundings {
        ofStages[stage] ?? StageSurroundings(variables: [:], tools: [:], code: [])
    }
}
