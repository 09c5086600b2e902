import Digests
import JSON
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// What units depend on beside the files that they name: variables, versions of tools, code that counts for all of a
/// stage. Asked for once.
struct BuildEnvironment {
    private var ofStages: [String: StageEnvironment] = [:]
    private let disk: any Disk
    /// The digest of all of it, of the definition and of the program: with equal ones the same files make the same units.
    let digest: Digest

    init(_ project: Project, on disk: any Disk = SystemDisk()) throws {
        self.disk = disk
        let finder = FileFinder(on: disk)
        var text = try disk.readText(Project.definitionPath)
        let versions = try project.tools.versions(
            project.definition.stages.flatMap { try Self.questions($0, project) })
        for stage in project.definition.stages {
            guard case .units(let content) = stage.content else { continue }
            var tools: [String: String] = [:]
            for question in try Self.questions(stage, project) {
                tools[question.line] = versions[question]
            }
            var variables: [String: String] = [:]
            for name in content.passEnvironment { variables[name] = Environment.value(name) }
            let found = content.code.map(finder.files)
            let code = Set(found.flatMap(\.paths)).sorted()
            ofStages[stage.name] = StageEnvironment(
                variables: variables, tools: tools, code: code,
                unreadable: found.flatMap(\.unreadable))
            text += JSONText.array([
                JSONText.quoted(stage.name),
                JSONText.object(
                    tools.map { (key: $0.key, value: JSONText.quoted($0.value)) }),
                JSONText.object(
                    variables.map { (key: $0.key, value: JSONText.quoted($0.value)) }),
                JSONText.array(strings: code),
            ])
        }
        // Another build of the program may expand or decide otherwise.
        if let program = try disk.status("/proc/self/exe") {
            text += "\(project.root) \(program.inode) \(program.size) \(program.modifiedNs)"
        }
        digest = Digest.of(text)
    }

    /// Those of one stage with the files of its code as they are now.
    func again(_ stage: Stage, _ content: UnitStage) throws -> StageEnvironment {
        let known = self[stage.name]
        if content.code.isEmpty { return known }
        let finder = FileFinder(on: disk)
        let found = content.code.map(finder.files)
        return StageEnvironment(
            variables: known.variables, tools: known.tools,
            code: Set(found.flatMap(\.paths)).sorted(), unreadable: found.flatMap(\.unreadable))
    }

    private static func questions(
        _ stage: Stage, _ project: Project
    ) throws -> [ToolProbe.Question] {
        guard case .units(let content) = stage.content, !content.tools.isEmpty else { return [] }
        let environment = try project.python.environment(content.environment)
        return content.tools.map { .init(command: $0, environment: environment) }
    }

    subscript(_ stage: String) -> StageEnvironment {
        ofStages[stage] ?? StageEnvironment(variables: [:], tools: [:], code: [])
    }
}
