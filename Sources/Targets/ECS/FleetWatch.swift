import AWS
import Posix

/// Waiting for services: the time, and what they say meanwhile.
struct FleetWatch {
    private let fleet: ServiceFleet
    private let limit: Double
    private let began = MonotonicClock.nanoseconds()
    private var seen: Set<String> = []
    private(set) var lastEvent: String?

    init(fleet: ServiceFleet, limit: Double) {
        self.fleet = fleet
        self.limit = limit
    }

    var seconds: Double { Double(MonotonicClock.nanoseconds() - began) / 1e9 }
    var isOver: Bool { seconds >= limit }

    func pause() throws {
        try fleet.aws { () throws(AWSError) in
            try AWSClient.pause(since: began, atMost: fleet.interval, fleet.cancel)
        }
    }

    /// Takes note of what was said before, so that only what is new is reported.
    mutating func skip(_ states: [ServiceState]) {
        seen.formUnion(states.flatMap { $0.service.events ?? [] }.compactMap(\.id))
    }

    mutating func tell(_ states: [ServiceState]) {
        for event in states.flatMap({ ($0.service.events ?? []).reversed() }) {
            guard let id = event.id, let message = event.message, seen.insert(id).inserted else {
                continue
            }
            lastEvent = message
            fleet.onEvent(message)
        }
    }
}
