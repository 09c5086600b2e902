package import Processes

extension AWSCall {
    /// The streams of a log group that begin with a prefix, the newest last.
    package static func logStreams(group: String, prefix: String, region: String?) -> AWSCall {
        AWSCall(
            "logs", "describe-log-streams",
            ["--log-group-name", group, "--log-stream-name-prefix", prefix], region: region)
    }

    /// The newest events of a stream, oldest first.
    package static func logEvents(
        group: String, stream: String, most: Int, region: String?
    ) -> AWSCall {
        AWSCall(
            "logs", "get-log-events",
            [
                "--log-group-name", group, "--log-stream-name", stream, "--limit", String(most),
            ], region: region)
    }
}

extension AWSClient {
    /// The ends of the newest log streams (CloudWatch Logs) that begin with a prefix: name and lines of each, oldest first.
    ///
    /// - Parameters:
    ///   - region: of the group; nil for that of the settings.
    ///   - streams: how many.
    ///   - lines: of each, at most 10,000.
    package func logEnds(
        group: String, prefix: String, region: String?, streams: Int, lines: Int,
        cancel: Cancellation? = nil
    ) throws(AWSError) -> [(stream: String, lines: [String])] {
        struct Streams: Decodable {
            struct Stream: Decodable {
                let logStreamName: String
                let lastEventTimestamp: Int64?
                let creationTime: Int64?
            }
            let logStreams: [Stream]?
        }
        struct Events: Decodable {
            struct Event: Decodable { let message: String? }
            let events: [Event]?
        }
        let found: Streams = try ask(
            .logStreams(group: group, prefix: prefix, region: region), cancel: cancel)
        let newest = (found.logStreams ?? []).sorted {
            ($0.lastEventTimestamp ?? $0.creationTime ?? 0)
                < ($1.lastEventTimestamp ?? $1.creationTime ?? 0)
        }.suffix(streams)
        var ends: [(stream: String, lines: [String])] = []
        for stream in newest {
            let events: Events = try ask(
                .logEvents(
                    group: group, stream: stream.logStreamName, most: lines, region: region),
                cancel: cancel)
            ends.append((stream.logStreamName, (events.events ?? []).compactMap(\.message)))
        }
        return ends
    }
}
