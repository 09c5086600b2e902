import AWS
import DeployTargets
import JSON
import Processes

extension ServiceFleet {
    /// The ends of what the containers printed last, where their task definition sends it to CloudWatch Logs
    /// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html).
    func siteLogs(cancel: Cancellation?) throws -> [ServiceLog] {
        try look().flatMap { state -> [ServiceLog] in
            guard let log = state.containerLog else {
                return [
                    ServiceLog(
                        source: state.name,
                        text: "its task definition sends no log to CloudWatch (awslogs)")
                ]
            }
            let prefix = log.prefix.map { "\($0)/\(state.container)/" } ?? ""
            let ends = try aws { () throws(AWSError) in
                try client.logEnds(
                    group: log.group, prefix: prefix, region: log.region, streams: 3, lines: 1000,
                    cancel: cancel)
            }
            guard !ends.isEmpty else {
                return [
                    ServiceLog(
                        source: state.name,
                        text: "log group \(log.group) has no stream \"\(prefix)…\"")
                ]
            }
            return ends.map {
                ServiceLog(
                    source: "\(state.name): \(log.group) \($0.stream)",
                    text: $0.lines.joined(separator: "\n"))
            }
        }
    }
}

extension ServiceState {
    /// Where the container's output goes; nil where that is not CloudWatch Logs.
    fileprivate var containerLog: (group: String, prefix: String?, region: String?)? {
        let found = definition["containerDefinitions"]?.elements.first {
            $0["name"]?.string == container
        }
        guard let log = found?["logConfiguration"], log["logDriver"]?.string == "awslogs",
            let group = log["options"]?["awslogs-group"]?.string
        else { return nil }
        return (
            group, log["options"]?["awslogs-stream-prefix"]?.string,
            log["options"]?["awslogs-region"]?.string
        )
    }
}
