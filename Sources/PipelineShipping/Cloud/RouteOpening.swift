import PipelineEngine
import PipelineModel

extension ShippingContext {
    /// Makes the way to the data where it exists only while it is needed, once in a command.
    func openRoute(_ session: RunSession, stage: String) throws {
        guard let cloud, cloud.opened == nil, environment.data.route.isCostly else { return }
    }
}
