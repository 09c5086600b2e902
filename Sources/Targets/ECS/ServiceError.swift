package import AWS
package import Failures

/// Why services do not run what they were to run.
package enum ServiceError: RemoteError, Explained {
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
    case noTask(service: String, known: [String])
    case aws(AWSError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noService(let name, let cluster):
            Failure(
                "no-such-service", "there is no service \"\(name)\" in cluster \"\(cluster)\"",
                next: "check \"ecs\" in the environment's file, the account and the region",
                run: .exact("aws ecs list-services --cluster \(cluster)"))
        case .busy(let name, let seconds, let event):
            Failure(
                "service-busy",
                "service \"\(name)\" was being changed for \(seconds) s by somebody else, which is never broken "
                    + "off",
                cause: event.map { "it said: \($0)" }, next: "wait until it is done", run: .again)
        case .wentBack(let service, let version, let reasons):
            Failure(
                "service-went-back",
                "the deployment of version \"\(version)\" failed at service \"\(service)\"",
                said: reasons, next: "fix the cause", run: .again)
        case .tasksDiffer(let version, let tasks):
            Failure(
                "tasks-differ", "not all tasks run version \"\(version)\":", said: tasks,
                run: .again)
        case .inProgress(let version, let seconds): .updateGoesOn(to: version, after: seconds)
        case .interrupted(let version): .waitingStopped(for: version, at: "ECS")
        case .noTask(let service, let known):
            Failure(
                "no-task",
                "no task runs of service \"\(service)\"; the services are \(known.joined(separator: ", "))",
                next: "name one of these, or see what happened there", run: "pipeline status")
        case .aws(let error): error.failure
        }
    }

    package var goesOn: Bool {
        if case .aws(let error) = self { return error.goesOn }
        switch self {
        case .inProgress, .interrupted: return true
        default: return false
        }
    }
}

/// For the exit code alone: the error itself says what to do.
extension ServiceError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .busy: .goesOn
        default: goesOn ? .goesOn : nil
        }
    }
}
