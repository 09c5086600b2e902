import AWS
import Posix

/// Waiting for an environment: the time, and the events that come meanwhile.
struct Watch {
    private let site: BeanstalkSite
    private let limit: Double
    private let began = MonotonicClock.nanoseconds()
    /// The date of the newest event seen, as the service writes it.
    private var since: String?
    private var seen: Set<BeanstalkEvent> = []
    private(set) var lastEvent: String?
    /// The last events with a complaint, for the report of a failure.
    private(set) var complaints: [String] = []

    init(site: BeanstalkSite, limit: Double) {
        self.site = site
        self.limit = limit
    }

    var seconds: Double { Double(MonotonicClock.nanoseconds() - began) / 1e9 }
    var isOver: Bool { seconds >= limit }

    func pause() throws {
        try site.aws { () throws(AWSError) in
            try AWSClient.pause(since: began, atMost: site.interval, site.cancel)
        }
    }

    /// Takes note of what has happened before, so that only what is new is shown.
    mutating func skipOldEvents() throws {
        let events = try events(limit: 1)
        since = events.first?.eventDate
        seen.formUnion(try since == nil ? [] : self.events(limit: 100))
    }

    mutating func showEvents() throws {
        for event in try events(limit: 100).reversed() where seen.insert(event).inserted {
            site.onEvent(event)
            since = event.eventDate
            lastEvent = event.message
            if ["WARN", "ERROR", "FATAL"].contains(event.severity) {
                complaints = (complaints + [event.message]).suffix(5)
            }
        }
    }

    // Events are reported, and decide nothing: without them the watch goes on.
    private func events(limit: Int) throws -> [BeanstalkEvent] {
        do {
            return try site.client.events(
                environment: site.environment, since: since, limit: limit, cancel: site.cancel)
        } catch .interrupted { throw BeanstalkError.aws(.interrupted) } catch { return [] }
    }
}
