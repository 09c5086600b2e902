import Digests
import PipelineLedger
import Terminal

/// Releases and deployments in a few words.
enum DeploymentText {
    /// What code a release runs: the image's digest, or that of a preview's code tree; shortened.
    static func code(_ release: ReleaseRecord) -> String {
        if let image = release.image { return ShortDigest.ofImage(image) ?? Format.escaped(image) }
        return release.code?.short ?? ""
    }

    /// A deployment that is no success, where nothing else tells what it was.
    static func line(
        _ environment: String, _ entry: DeploymentTimeline.Entry, _ style: Style
    ) -> String {
        let name = "\(Format.escaped(environment)): \(entry.deployment.kind.rawValue) of release "
        return name + "\(entry.deployment.release) " + state(entry, style)
    }

    /// `by ann at lab1`: who made a deployment of another clone; nil for this clone's own.
    static func maker(_ deployment: DeploymentRecord) -> String? {
        guard deployment.isOthers, let user = deployment.user else { return nil }
        let host = deployment.host.map { " at \(Format.escaped($0))" } ?? ""
        let site = deployment.machine.map { " for the site of \(Format.escaped($0))" } ?? ""
        return "by \(Format.escaped(user))\(host)\(site)"
    }

    /// `live since …`, `live from … to …`, `failed …: message`.
    static func state(_ entry: DeploymentTimeline.Entry, _ style: Style) -> String {
        let time = RecordedTime.iso8601
        return switch entry.state {
        case .live(let since): style.green("live") + " since \(time(since))"
        case .wasLive(let from, let to): "live from \(time(from)) to \(time(to))"
        case .failed(let at, let message):
            style.red("failed") + " \(time(at)): "
                + Format.escaped(String(message.prefix { !$0.isNewline }))
        case .interrupted(let at): style.yellow("interrupted") + " \(time(at))"
        case .open(let since): style.yellow("begun") + " \(time(since)), no end recorded"
        }
    }
}
