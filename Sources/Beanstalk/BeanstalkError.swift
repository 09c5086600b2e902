package import AWS

/// Why an environment does not run what it was to run.
package enum BeanstalkError: RemoteError, CustomStringConvertible {
    case noEnvironment(String, application: String)
    /// Somebody else's operation goes on.
    case busy(String, status: String, seconds: Int, lastEvent: String?)
    /// The label is there with another content.
    case versionConflict(label: String, found: String)
    case notProcessed(label: String, events: [String])
    case tooManyVersions(application: String)
    /// The update ended, and the environment runs another version than it was told.
    case wentBack(label: String, runs: String?, events: [String])
    /// Instances that run something else, or whose deployment failed.
    case instancesDiffer(label: String, [String])
    case unhealthy(label: String, String)
    /// The client gave up; the environment did not.
    case inProgress(label: String, seconds: Int)
    /// Stopped while the update goes on.
    case interrupted(label: String)
    case aws(AWSError)

    package var description: String {
        switch self {
        case .noEnvironment(let name, let application):
            "there is no Beanstalk environment \"\(name)\" in application \"\(application)\" (it may have been "
                + "terminated); check \"beanstalk\" in the environment's file, the account and the region"
        case .busy(let name, let status, let seconds, let event):
            "environment \"\(name)\" was \(status) for \(seconds) s by somebody else's operation, which is never "
                + "broken off" + (event.map { "; its last event: \($0)" } ?? "")
                + ". Give the same command again when it is ready"
        case .versionConflict(let label, let found):
            "version \"\(label)\" is there with another bundle (\(found)): somebody else made it. Delete that "
                + "version at Beanstalk, then give the same command again"
        case .notProcessed(let label, let events):
            "Beanstalk did not accept the bundle of version \"\(label)\": it could not be processed"
                + Self.list(events)
        case .tooManyVersions(let application):
            "application \"\(application)\" has as many versions as the account may have: set "
                + "\"versions\" lower, or delete some at Beanstalk"
        case .wentBack(let label, let runs, let events):
            "the update to version \"\(label)\" failed: the environment runs "
                + (runs.map { "\"\($0)\"" } ?? "no version") + Self.list(events)
        case .instancesDiffer(let label, let instances):
            "not all instances run version \"\(label)\":" + instances.map { "\n  " + $0 }.joined()
        case .unhealthy(let label, let reason):
            "version \"\(label)\" is deployed and not well: \(reason)"
        case .inProgress(let label, let seconds):
            "the update to version \"\(label)\" still goes on after \(seconds) s; nothing was broken off. Give the "
                + "same command again to go on waiting for it"
        case .interrupted(let label):
            "stopped waiting; the update to version \"\(label)\" goes on at Beanstalk. Give the same command "
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

    private static func list(_ events: [String]) -> String {
        events.isEmpty ? "" : "; it said:" + events.map { "\n  " + $0 }.joined()
    }
}
