package import AWS

/// Why services do not run what they were to run.
package enum ServiceError: RemoteError, CustomStringConvertible {
    case noService(String, cluster: String)
    /// Somebody else's deployment goes on.
    case busy(String, seconds: Int, lastEvent: String?)
    /// The deployment failed, or another took its place.
    case wentBack(service: String, version: String, reasons: [String])
    case tasksDiffer(version: String, [String])
    /// The client gave up; the services did not.
    case inProgress(version: String, seconds: Int)
    /// Stopped while the update goes on.
    case interrupted(version: String)
    case aws(AWSError)

    package var description: String {
        switch self {
        case .noService(let name, let cluster):
            "there is no service \"\(name)\" in cluster \"\(cluster)\"; check \"ecs\" in the environment's file, "
                + "the account and the region"
        case .busy(let name, let seconds, let event):
            "service \"\(name)\" was being changed for \(seconds) s by somebody else, which is never broken off"
                + Self.said(event) + ". Give the same command again when it is done"
        case .wentBack(let service, let version, let reasons):
            "the deployment of version \"\(version)\" failed at service \"\(service)\""
                + (reasons.isEmpty ? "" : ":" + reasons.map { "\n  " + $0 }.joined())
        case .tasksDiffer(let version, let tasks):
            "not all tasks run version \"\(version)\":" + tasks.map { "\n  " + $0 }.joined()
        case .inProgress(let version, let seconds):
            "the update to version \"\(version)\" still goes on after \(seconds) s; nothing was broken off. Give the "
                + "same command again to go on waiting for it"
        case .interrupted(let version):
            "stopped waiting; the update to version \"\(version)\" goes on at ECS. Give the same command "
                + "again to take it up"
        case .aws(let error): error.description
        }
    }

    package var goesOn: Bool {
        switch self {
        case .inProgress, .interrupted: true
        case .aws(let error): error.goesOn
        default: false
        }
    }

    private static func said(_ event: String?) -> String { event.map { "; it said: \($0)" } ?? "" }
}
