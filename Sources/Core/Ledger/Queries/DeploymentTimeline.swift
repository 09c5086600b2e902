import Posix

/// What was live in an environment when, worked out from its deployments.
package struct DeploymentTimeline: Sendable, Hashable {
    /// The deployment that is live.
    package let live: DeploymentRecord?
    /// The newest deployment of another release that was live before: what a rollback without a number
    /// brings back. After that rollback it is the other way round, so that a second one goes forward.
    package let fallback: DeploymentRecord?
    /// Newest first.
    package let entries: [Entry]

    package struct Entry: Sendable, Hashable {
        package let deployment: DeploymentRecord
        package let state: State
    }

    /// Times are milliseconds since 1970.
    package enum State: Sendable, Hashable {
        case live(since: Int64)
        case wasLive(from: Int64, to: Int64)
        case failed(at: Int64, message: String)
        case interrupted(at: Int64)
        /// No end is recorded: it goes on, or its run was killed and none has followed yet.
        case open(since: Int64)
    }

    /// - Parameters:
    ///   - deployments: of one environment, newest first.
    ///   - machine: this one, unless it is given. What concerns the site of another machine alone is neither live here nor was it.
    package init(_ deployments: [DeploymentRecord], on machine: String? = nil) {
        let machine = machine ?? Host.name
        func place(_ deployment: DeploymentRecord) -> String? {
            deployment.machine == machine ? nil : deployment.machine
        }
        let successful = deployments.filter { $0.outcome == "live" && place($0) == nil }
        live = successful.first
        let current = successful.first?.releaseID
        fallback = successful.first { $0.releaseID != current }
        var replacedAt: [String?: Int64] = [:]
        entries = deployments.map { deployment in
            let ended = deployment.endedMs ?? deployment.startedMs
            let state: State
            switch deployment.outcome {
            case "live":
                state =
                    replacedAt[place(deployment)].map { .wasLive(from: ended, to: $0) }
                    ?? .live(since: ended)
                replacedAt[place(deployment)] = ended
            case "failed": state = .failed(at: ended, message: deployment.message ?? "")
            case "interrupted": state = .interrupted(at: ended)
            default: state = .open(since: deployment.startedMs)
            }
            return Entry(deployment: deployment, state: state)
        }
    }
}

extension LedgerReader {
    package func timeline(environment: String) throws -> DeploymentTimeline {
        DeploymentTimeline(try deployments(environment: environment))
    }
}
