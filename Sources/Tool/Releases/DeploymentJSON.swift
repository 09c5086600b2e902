import JSON
import PipelineLedger

/// A deployment for programs.
enum DeploymentJSON {
    static func value(_ entry: DeploymentTimeline.Entry) -> JSONValue {
        let deployment = entry.deployment
        var members: [String: JSONValue] = [
            "deployment": .int(deployment.id), "release": .int(deployment.release),
            "kind": .string(deployment.kind.rawValue), "replaces": .int(deployment.replaces),
            "slot": .string(deployment.slot), "started": .time(deployment.startedMs),
            "ended": .time(deployment.endedMs), "outcome": .string(deployment.outcome),
            "message": .string(deployment.message), "user": .string(deployment.user),
            "host": .string(deployment.host), "other_clone": .bool(deployment.isOthers),
            "machine": .string(deployment.machine),
            "live_from": .null, "live_to": .null,
        ]
        switch entry.state {
        case .live(let since): members["live_from"] = .time(since)
        case .wasLive(let from, let to):
            members["live_from"] = .time(from)
            members["live_to"] = .time(to)
        default: break
        }
        return .object(members)
    }
}
