package import DeployTargets
package import Failures
import HTTP
import Posix
package import Processes

/// Watches a site until it passes its health checks, or is known not to.
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
    package var identity = HealthIdentity.required
    /// Who answers at the port, asked after each good answer that names no release; nil where nothing tells.
    package var holder: (() throws -> PortHolder)?
    /// The path that is asked, and the file that names it, for the advice on a site that names no release.
    package var definedAt = (path: "/health", file: "the environment's file")
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

        init(_ failure: Failure) { self.failure = failure }
    }

    /// A site that says for so many seconds what is wrong with it, or that there is no such page, will not become
    /// healthy by waiting.
    private static let patience = 5.0
    /// One that answers well and names no release will not name it later.
    private static let silence = 1.0

    /// Returns when the site is healthy.
    ///
    /// - Throws: `Unhealthy` with what it said or how it ended; `ProcessError.interrupted`; `HTTPError` where nothing
    ///   can be asked because curl is missing.
    package func wait() throws {
        let began = seconds()
        var firstGood: Double?
        var firstBad: Double?
        var firstSilent: Double?
        var firstMissing: Double?
        var good = 0
        while true {
            if cancel?.isCancelled == true { throw ProcessError.interrupted }
            // Short at first: a connection made while a container's network comes up can hang.
            let patience = min(10, 1 + (seconds() - began) / 4)
            let answer = SiteHealth.ask(url, timeout: patience, cancel: cancel)
            // It would not come by waiting.
            if let noCurl = answer.noCurl { throw noCurl }
            let now = seconds()
            let doubt = try doubt(answer)
            if doubt == nil {
                (good, firstBad) = (good + 1, nil)
                firstGood = firstGood ?? now
                if good >= successes, now - (firstGood ?? now) >= steadyFor { return }
            } else {
                (good, firstGood) = (0, nil)
                if answer.reportsUnhealthy { firstBad = firstBad ?? now }
            }
            if let end = try ended() { throw Unhealthy(end) }
            let isSilent = identity == .required && answer.isGoodAndSilent
            firstSilent = isSilent ? firstSilent ?? now : nil
            firstMissing = answer.isOtherPage ? firstMissing ?? now : nil
            if firstSilent.map({ now - $0 >= Self.silence }) == true
                || firstMissing.map({ now - $0 >= Self.patience }) == true
            {
                throw unnamed(answer)
            }
            let waited = firstBad.map { now - $0 > Self.patience } ?? false
            if waited || (good == 0 && now - began > within) || now - began > within + steadyFor {
                throw Unhealthy(doubt ?? "it did not stay well for \(steadyFor) s")
            }
            _ = try Poll.wait([(cancel?.descriptor ?? -1, .readable)], timeoutMs: 100)
        }
    }

    /// Why an answer does not count; nil where it does.
    private func doubt(_ answer: SiteHealth) throws -> String? {
        guard answer.isGood(release: release, manifest: manifest, identity: identity) else {
            return answer.complaint(release: release, manifest: manifest, identity: identity)
        }
        guard identity == .none, let holder else { return nil }
        switch try holder() {
        case .instance: return nil
        case .nobody: return "the site that was started does not answer at its port"
        case .other(let name):
            throw Unhealthy("\(name) answers at its port, not the site that was started")
        }
    }

    /// An answer that is of no use for the health check, and what to write instead.
    private func unnamed(_ answer: SiteHealth) -> Unhealthy {
        let (path, file) = definedAt
        let line: String
        let headline: String
        var next = "write under \"site\" in \(file): "
        if answer.isOtherPage {
            headline = "the site answers, and has no page \(path) that tells its health"
            let target = answer.location.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/"
            line =
                "health: { path: \(target == path ? "/" : target)"
                + (identity == .required ? ", identity: none }" : " }")
        } else {
            headline = "the site answers, and does not name the release that it runs"
            line = "health: { path: \(path), identity: none }"
        }
        next += line
        if identity == .required {
            next +=
                ", which checks the process that was started instead; or let the page answer with "
                + "{\"release\": …, \"manifest\": …}, the values of PIPELINE_RELEASE and PIPELINE_MANIFEST"
        }
        return Unhealthy(
            Failure(
                "release-unnamed", headline,
                cause: answer.complaint(release: release, manifest: manifest, identity: identity),
                next: next, run: .again))
    }

    private func seconds() -> Double { Double(MonotonicClock.nanoseconds()) / 1e9 }
}
