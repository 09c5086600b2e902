import PipelineLedger

/// Results that may be sent, of all attempts that are not known to be sent. A unit that runs for long may end after many that
/// began later.
struct SendingPass {
    let found: [LedgerReader.SendableResult]
    /// Whether there were no more.
    let isAll: Bool
    private let after: Int64
    private let open: Set<Int64>
    private let newest: Int64
    private let running: Set<Int64>

    init(
        _ after: Int64, _ open: Set<Int64>, _ reader: LedgerReader, _ archive: String,
        limit: Int
    ) throws {
        (self.after, self.open) = (after, open)
        (newest, running) = try reader.attemptsSoFar()
        var found: [LedgerReader.SendableResult] = []
        for attempt in open.subtracting(running).sorted() {
            found += try reader.results(of: attempt...attempt, toSendTo: archive, limit: 1)
        }
        var isAll = true
        if newest > after {
            let new = try reader.results(
                of: (after + 1)...newest, toSendTo: archive, limit: limit)
            isAll = new.count < limit
            found += new
        }
        self.found = found
        self.isAll = isAll
    }

    /// Up to where all attempts were looked at, and those of them that are open, once these were dealt with.
    func next(after attempts: Set<Int64>) -> (after: Int64, open: Set<Int64>) {
        let left = found.map(\.attempt).filter { !attempts.contains($0) }
        let isThrough = isAll && !left.contains { $0 > after }
        let end = isThrough ? newest : max(after, attempts.max() ?? after)
        let waiting = running.union(left).filter { $0 <= end }
        return (end, waiting)
    }
}
