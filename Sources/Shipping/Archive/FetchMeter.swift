import PipelineEngine
import Posix

/// How far a fetching is.
final class FetchMeter {
    private let total: Int64
    private var done: Int64 = 0
    private let beganNs = MonotonicClock.nanoseconds()
    private var toldNs: Int64 = 0

    init(total: Int64) { self.total = total }

    var seconds: Double { Double(MonotonicClock.nanoseconds() - beganNs) / 1e9 }

    func add(_ bytes: Int64, _ note: (RunEvent) -> Void) {
        done += bytes
        let now = MonotonicClock.nanoseconds()
        guard now - toldNs > 200_000_000 else { return }
        toldNs = now
        note(.archive(.fetching(bytes: done, of: total)))
    }
}
