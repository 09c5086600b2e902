import AWS
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Processes
import SiteRuntime

/// Whether a release that is deployed is healthy, asked where its readers ask.
struct CloudHealth {
    let context: ShippingContext
    let session: RunSession

    /// Health that Beanstalk has not yet worked out is no verdict: the site itself is asked, for as long as
    /// the environment's file says, and has to stay well for a while, since a container can end after
    /// Beanstalk's own checks.
    ///
    /// - Parameter number: by which the site knows its release: that of the clone that made the version.
    func watch(_ release: ReleaseRecord, named number: Int64, at address: String) throws {
        let site = context.environment.site
        let isProven = try context.timeline().hasBeenLive(release)
        var watch = HealthWatch(
            url: address + site.health.path.drop { $0 == "/" }, release: number,
            manifest: release.manifest.hex, successes: isProven ? 1 : site.health.successes,
            steadyFor: isProven ? 0 : site.health.steadyFor, within: site.health.within,
            cancel: session.cancellation, ended: { nil })
        watch.identity = site.health.identity.neededAtAWS
        watch.definedAt = (
            site.health.path, "pipeline/environments/\(context.environment.name).yaml"
        )
        try watch.wait()
        for check in site.smoke {
            let test = SmokeTest(path: check.path, status: check.status, contains: check.contains)
            if let failure = test.failure(at: address, cancel: session.cancellation) {
                throw ShippingError.smokeCheckFailed(failure)
            }
        }
    }
}
