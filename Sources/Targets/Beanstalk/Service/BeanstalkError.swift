package import AWS
package import Failures

/// Why an environment does not run what it was to run.
package enum BeanstalkError: RemoteError, Explained {
    case noEnvironment(String, application: String)
    /// Somebody else's operation goes on.
    case busy(String, status: String, seconds: Int, lastEvent: String?)
    /// The label is there with another content.
    case versionConflict(label: String, found: String)
    case notProcessed(label: String, events: [String])
    case tooManyVersions(application: String)
    /// The update ended, and the environment runs another version than was requested.
    case wentBack(label: String, runs: String?, events: [String])
    /// Instances that run something else, or whose deployment failed.
    case instancesDiffer(label: String, [String])
    /// The client gave up; the environment did not.
    case inProgress(label: String, seconds: Int)
    /// Stopped while the update goes on.
    case interrupted(label: String)
    case badBundle([String])
    case noLogs(environment: String, seconds: Int)
    case logNotFetched(instance: String, reason: String?)
    case aws(AWSError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noEnvironment(let name, let application):
            Failure(
                "no-beanstalk-environment",
                "there is no Beanstalk environment \"\(name)\" in application \"\(application)\" (it may have been "
                    + "terminated)",
                next: "check \"beanstalk\" in the environment's file, the account and the region",
                run: .exact("aws elasticbeanstalk describe-environments"))
        case .busy(let name, let status, let seconds, let event):
            Failure(
                "environment-busy",
                "environment \"\(name)\" was \(status) for \(seconds) s by somebody else's operation, which is never "
                    + "broken off",
                cause: event.map { "its last event: \($0)" }, next: "wait until it is ready",
                run: .again)
        case .versionConflict(let label, let found):
            Failure(
                "version-conflict",
                "version \"\(label)\" is there with another bundle (\(found)): somebody else made it",
                next: "delete that version at Beanstalk", run: .again)
        case .notProcessed(let label, let events):
            Failure(
                "version-not-processed",
                "Beanstalk did not accept the bundle of version \"\(label)\": it could not be processed",
                said: events, next: "fix what it names", run: .again)
        case .tooManyVersions(let application):
            Failure(
                "too-many-versions",
                "application \"\(application)\" has as many versions as the account may have",
                next: "set \"versions\" lower, or delete some at Beanstalk", run: .again)
        case .wentBack(let label, let runs, let events):
            Failure(
                "deployment-went-back",
                "the update to version \"\(label)\" failed: the environment runs "
                    + (runs.map { "\"\($0)\"" } ?? "no version"),
                said: events, next: "fix the cause", run: .again)
        case .instancesDiffer(let label, let instances):
            Failure(
                "instances-differ", "not all instances run version \"\(label)\":", said: instances,
                next: "see why", run: "pipeline logs --instances")
        case .inProgress(let label, let seconds): .updateGoesOn(to: label, after: seconds)
        case .interrupted(let label): .waitingStopped(for: label, at: "Beanstalk")
        case .badBundle(let findings):
            Failure(
                "bundle-refused", "Beanstalk could not take the bundle; nothing was uploaded:",
                said: findings, next: "fix these findings", run: .again)
        case .noLogs(let environment, let seconds):
            Failure(
                "no-instance-logs",
                "no instance of \(environment) has sent its log in \(seconds) s",
                next: "see what happened there", run: "pipeline logs --events")
        case .logNotFetched(let instance, let reason):
            Failure(
                "log-not-fetched", "the log of instance \(instance) could not be fetched",
                cause: reason, run: .again)
        case .aws(let error): error.failure
        }
    }

    package var goesOn: Bool {
        switch self {
        case .inProgress, .interrupted: true
        case .aws(let error): error.goesOn
        default: false
        }
    }
}

/// For the exit code alone: the error itself says what to do.
extension BeanstalkError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .busy: .goesOn
        default: goesOn ? .goesOn : nil
        }
    }
}
