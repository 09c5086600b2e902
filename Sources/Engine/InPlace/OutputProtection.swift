package import PipelineModel
import PipelinePlanning

/// What is not protected of the outputs of a stage of kind run, and what a run moves away.
package enum OutputProtection {
    /// A stage whose command writes what the definition does not name; nil for any other.
    package static func gap(_ stage: Stage) -> String? {
        guard stage.kind == .run, case .units(let content) = stage.content,
            let template = content.templates.first, !template.declaresOutputs
        else { return nil }
        return
            "its outputs are not declared: after a failure or a kill no file that it wrote is checked, and one that is "
            + "missing or altered is not noticed. Name them under \"outputs\" (\"outputs: []\" for none)"
    }

    /// What is moved before the unit's command starts; nil for nothing.
    static func move(_ unit: UnitSpec, _ reasons: [Reason]) -> String? {
        guard let inPlace = unit.inPlace, !unit.outputs.isEmpty else { return nil }
        let isChanged = reasons.contains { reason in
            switch reason {
            case .recipe, .code, .input: inPlace.existing == .replace
            case .forced: true
            default: false
            }
        }
        guard isChanged else { return nil }
        return
            "its \(unit.outputs.count) outputs are moved to \(Quarantine.folder) first, and made again "
            + "(\"existing: keep\" leaves them)"
    }
}
