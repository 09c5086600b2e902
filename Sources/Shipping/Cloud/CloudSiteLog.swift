import AWS
import DeployTargets
import Failures
import PipelineEngine
import PipelineModel
import Posix
import Processes
import SiteRuntime

/// What the site of a release that failed at AWS printed, fetched before the environment goes back, which may take it
/// away, and kept with the project.
struct CloudSiteLog {
    let context: ShippingContext
    let session: RunSession
    let cloud: Cloud
    /// Seconds until instances must have sent their logs: nothing else goes on meanwhile.
    var patience: Double = 45

    /// The same error with the end of the log, exception included, and where all of it lies.
    func attached(to error: any Error, deployment: Int64) -> any Error {
        var failure = Failure(of: error)
        do {
            guard let service = cloud.service else { return error }
            let logs = try service.siteLogs(within: patience, cancel: session.cancellation)
                .filter { !$0.text.isEmpty }
            guard !logs.isEmpty else { return error }
            let path = context.siteLogPath(deployment)
            let text = logs.map { "==> \($0.source)\n\($0.text)\n" }.joined(separator: "\n")
            try FileSystem.createDirectories("\(context.environmentFolder)/sites")
            try FileSystem.writeAtomically(text.utf8, to: path, mode: 0o600)
            let lines = logs.flatMap { $0.text.split(whereSeparator: \.isNewline).map(String.init) }
            failure.said += LogExcerpt.lines(Array(lines.suffix(2000)))
            failure.log = path
            return failure
        } catch let problem {
            session.emit(.note("what the site printed could not be fetched: \(problem)"))
            return error
        }
    }
}
