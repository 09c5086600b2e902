import PipelineEngine
import PipelineModel

/// The stage of kind sync whose files an environment holds. A place holds the files of one stage: what another one sends
/// belongs to an environment of its own, which may lie in the same file system.
struct DataStage {
    let stage: Stage
    let sync: SyncStage

    /// - Throws: `ShippingError` where the definition has no such stage, or it is not known which one is meant.
    init(_ project: Project, _ environment: EnvironmentDefinition) throws(ShippingError) {
        let all = project.definition.stages.compactMap {
            stage -> (stage: Stage, sync: SyncStage)? in
            if case .sync(let sync) = stage.content { (stage, sync) } else { nil }
        }
        let names = all.map(\.stage.name)
        let found: (stage: Stage, sync: SyncStage)?
        if let name = environment.data.sync {
            found = all.first { $0.stage.name == name }
            if found == nil {
                throw .syncUnknown(name, names, environment: environment.name)
            }
        } else {
            guard all.count < 2 else {
                throw .syncUnnamed(names, environment: environment.name)
            }
            found = all.first
        }
        guard let found else { throw .noSyncStage }
        stage = found.stage
        sync = found.sync
    }

    /// Why a stage of kind sync has nothing to do in this environment; nil where it is the environment's own.
    static func absence(
        _ stage: Stage, _ project: Project, _ environment: EnvironmentDefinition
    ) throws(ShippingError) -> String? {
        let own = try DataStage(project, environment).stage.name
        return own == stage.name
            ? nil : "not part of environment \(environment.name), which holds the files of \(own)"
    }
}
