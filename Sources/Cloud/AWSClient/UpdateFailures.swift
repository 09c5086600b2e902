package import Failures

/// An update that was begun at a service of AWS and goes on there, whichever service it is.
extension Failure {
    package static func updateGoesOn(to version: String, after seconds: Int) -> Failure {
        Failure(
            "update-goes-on",
            "the update to version \"\(version)\" is still in progress after \(seconds) s; nothing was cancelled",
            next: "the next try waits for it", run: .again)
    }

    package static func waitingStopped(for version: String, at service: String) -> Failure {
        Failure(
            "waiting-stopped",
            "stopped waiting; the update to version \"\(version)\" continues at \(service)",
            next: "the next try resumes waiting", run: .again)
    }
}
