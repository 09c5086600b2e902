import Posix

/// Outputs are published in batches, beside the units that still run.
extension StageScheduler {
    func publish(_ job: Publisher.Job) {
        let now = time.nanoseconds()
        debounce.unitEnded(now)
        if queued.isEmpty { debouncedUntilNs = debounce.end(now) }
        queued.append(job)
        if job.restored == nil { queuedRuns += 1 }
    }

    /// One batch at a time: what comes in while it is being published makes the next one. While other units run, a
    /// batch may wait a moment for more.
    func startPublishing() {
        guard !publisherIsBusy, !queued.isEmpty, debouncedUntilNs == nil || !isDebouncing() else {
            return
        }
        publisherIsBusy = true
        debouncedUntilNs = nil
        let (jobs, publisher, mailbox) = (queued, Publisher(store: store), mailbox)
        (queued, queuedRuns) = ([], 0)
        machine.runInBackground { mailbox.send(publisher.keep(jobs)) }
    }

    /// Publishes what is complete; nothing runs any more.
    func publishRest() throws {
        debouncedUntilNs = nil
        while publisherIsBusy || !queued.isEmpty {
            startPublishing()
            _ = try time.wait([(mailbox.descriptor, .readable)])
            try take(mailbox.take())
        }
    }

    private static let batch = 32

    private func isDebouncing() -> Bool {
        guard let end = debouncedUntilNs, queued.count < Self.batch, executor.isBusy else {
            return false
        }
        return time.nanoseconds() < end
    }

    /// Milliseconds until what waits to be published waits no longer.
    func debounceMs(_ nowNs: Int64) -> Int? {
        guard !publisherIsBusy, !queued.isEmpty else { return nil }
        return debouncedUntilNs.map { Int(max(0, $0 - nowNs) / 1_000_000) + 1 }
    }

    func take(_ kept: [Publisher.Kept]) throws {
        guard !kept.isEmpty else { return }
        publisherIsBusy = false
        try record(kept)
    }
}
