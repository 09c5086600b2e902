import PipelineEngine
import PipelineModel
import Terminal

extension RunRequest {
    /// Whether a person has confirmed what cannot be undone: with `--adopt` a place that holds something else becomes
    /// the environment's. True where nothing is to be confirmed.
    func isConfirmed(
        _ invocation: Invocation, _ project: Project, _ stages: [Stage]
    ) throws -> Bool {
        guard adopt == true, stages.contains(where: { $0.kind == .sync }) else { return true }
        let chosen = try project.environment(environment)
        let root = Format.escaped(chosen.data.route.root)
        return Confirmation.isGiven(
            invocation,
            "\"\(root)\" becomes the place of environment \"\(chosen.name)\", and what lies in its slots and is "
                + "not of the release is deleted for good. `pipeline plan` with --adopt names it.",
            word: chosen.name)
    }
}
