package import Failures
import HTTP
import Posix
package import Processes

/// Watches a site until it is known to be well, or not to become so.
package struct HealthWatch {
    package var url: String
    package var release: Int64
    package var manifest: String
    /// Good answers in a row.
    package var successes: Int
    /// Seconds over which they must last.
    package var steadyFor: Double
    /// Seconds until the first of them.
    package var within: Double
    package var cancel: Cancellation?
    /// Whether an answer counts only if it names release and data. Where something else has made sure of
    /// both, a site that does not tell them is believed by its status.
    package var needsIdentity = true
    /// How the instance ended; nil while it runs.
    package var ended: () throws -> String?

    package init(
        url: String, release: Int64, manifest: String, successes: Int, steadyFor: Double,
        within: Double, cancel: Cancellation?, ended: @escaping () throws -> String?
    ) {
        self.url = url
        self.release = release
        self.manifest = manifest
        self.successes = successes
        self.steadyFor = steadyFor
        self.within = within
        self.cancel = cancel
        self.ended = ended
    }

    /// What the site said, or how it ended.
    package struct Unhealthy: Explained {
        package let failure: Failure
        package var description: String { failure.text }

        init(_ complaint: String) { failure = Failure("release-unhealthy", complaint) }
    }

    /// A site that says for so many seconds what is wrong with it will not get well by waiting.
    private static let patience = 5.0

    /// Returns when the site is well.
    ///
    /// - Throws: `Unhealthy` with what it said or how it ended; `ProcessError.interrupted`; `HTTPError` where nothing
    ///   can be asked because curl is missing.
    package func wait() throws {
        let began = seconds()
        var firstGood: Double?
        var firstBad: Double?
        var good = 0
        while true {
            if cancel?.isCancelled == true { throw ProcessError.interrupted }
            // Short at first: a connection made while a container's network comes up can hang.
            let patience = min(10, 1 + (seconds() - began) / 4)
            let answer = SiteHealth.ask(url, timeout: patience, cancel: cancel)
            // It would not come by waiting.
            if let noCurl = answer.noCurl { throw noCurl }
            let now = seconds()
            if answer.isGood(release: release, manifest: manifest)
                || !needsIdentity && answer.isGoodAndSilent
            {
                (good, firstBad) = (good + 1, nil)
                firstGood = firstGood ?? now
                if good >= successes, now - (firstGood ?? now) >= steadyFor { return }
            } else {
                (good, firstGood) = (0, nil)
                if answer.isVerdict { firstBad = firstBad ?? now }
            }
            if let end = try ended() { throw Unhealthy(end) }
            let waited = firstBad.map { now - $0 > Self.patience } ?? false
            if waited || (good == 0 && now - began > within) || now - began > within + steadyFor {
                throw Unhealthy(answer.complaint(release: release, manifest: manifest))
            }
            _ = try Poll.wait([(cancel?.descriptor ?? -1, .readable)], timeoutMs: 100)
        }
    }

    private func seconds() -> Double { Double(MonotonicClock.nanoseconds()) / 1e9 }
}
