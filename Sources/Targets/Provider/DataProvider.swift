import PipelineModel

extension DeployTargetProvider {
    /// The data alone: nothing is built or run.
    package static let data = DeployTargetProvider(
        schema: .data, lacksImage: "not part of an environment of kind data",
        deployment: .none("not part of an environment of kind data"))
}
