package import DeployTargets
import PipelineModel

extension DeployTargetProvider {
    /// The image on the instances of an Elastic Beanstalk environment. Its files for Beanstalk are part of a release.
    package static let beanstalk = DeployTargetProvider(
        schema: .beanstalk, code: .folder { $0.beanstalk?.files }, deployment: .service)
}
