package import Failures

/// Why a shipping step cannot be done, and what to do.
package enum ShippingError: Explained {
    case noImageStage
    case noRepository(environment: String)
    case notBuilt
    case notPushed
    case noSyncStage
    /// The definition has several, and the environment names none.
    case syncUnnamed([String], environment: String)
    /// The environment names one that the definition does not have.
    case syncUnknown(String, [String], environment: String)
    case emptyData([String], leftOut: Int)
    case notAtRegistry(reference: String, expected: String, found: String?)
    case contentLost(path: String)
    case contentChanged(path: String)
    /// A file that a unit made holds something else; `others` more do so.
    case outputAltered(path: String, unit: String, others: Int)
    case notAFile(path: String)
    /// The path of a mount below the code, where the code has something itself.
    case mountHidesCode(String)
    case smokeCheckFailed(String)
    case releaseUnknown(Int64, environment: String)
    case nothingToRollBackTo(environment: String)
    /// `afterwards`: what answers now, as it was asked after the failure.
    case unhealthy(release: Int64, Failure, afterwards: String)
    case notHere(environment: String)
    case nothingLive(environment: String)
    /// What is live at the place instead of the recorded release.
    case otherLive(String, recorded: Int64, environment: String)
    case reloadFailed(release: Int64, Failure)
    case imageGone(String)
    case portTaken(Int, String)
    case slotUnknown(String, known: [String])
    case remoteGone(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noImageStage:
            Failure(
                "no-image-stage", "the definition has no stage of kind image",
                next: "add one, it says what the site's code is")
        case .noRepository(let environment):
            Failure(
                "no-repository", "environment \"\(environment)\" has no \"repository\" to push to",
                next: "name one in pipeline/environments/\(environment).yaml")
        case .notBuilt:
            Failure(
                "not-built", "no image has been built", next: "run the image stage first",
                run: "pipeline run image")
        case .notPushed:
            Failure(
                "not-pushed", "no image has been pushed", next: "run the push stage first",
                run: "pipeline run push")
        case .noSyncStage:
            Failure(
                "no-sync-stage", "the definition has no stage of kind sync",
                next: "add one, it says which data the site reads")
        case .syncUnnamed(let names, let environment):
            Failure(
                "sync-unnamed",
                "the definition has several stages of kind sync (\(names.joined(separator: ", "))), and environment "
                    + "\"\(environment)\" does not name the one whose files it holds",
                next:
                    "write it under \"data\" in pipeline/environments/\(environment).yaml: sync: \(names[0])"
            )
        case .syncUnknown(let name, let names, let environment):
            Failure(
                "sync-unknown",
                "environment \"\(environment)\" holds the files of \"\(name)\", which is no stage of kind sync",
                next: names.isEmpty
                    ? "add it to the definition"
                    : "correct \"sync\" in pipeline/environments/\(environment).yaml: there is "
                        + names.joined(separator: ", "))
        case .emptyData(let folders, let leftOut) where leftOut > 0:
            Failure(
                "empty-data", "nothing of \(folders.joined(separator: ", ")) is left to send",
                cause: "nothing was synced, since an empty data release would empty the site",
                next: "see what stays behind, and why", run: "pipeline data files --excluded")
        case .emptyData(let folders, _):
            Failure(
                "empty-data", "there are no files in \(folders.joined(separator: ", "))",
                cause: "nothing was synced, since an empty data release would empty the site",
                next: "run the compile stage first", run: "pipeline run compile")
        case .notAtRegistry(let reference, let expected, let found):
            Failure(
                "not-at-registry",
                "the registry has \(found ?? "nothing") for \"\(reference)\" and not \(expected), which was "
                    + "pushed",
                next: "see who else pushes there", run: .again)
        case .contentLost(let path):
            Failure(
                "content-lost",
                "the content of \"\(path)\" is neither in the store nor in the project",
                next: "check out the release's commit and run the compile stage",
                run: "pipeline run compile")
        case .contentChanged(let path):
            Failure(
                "content-changed",
                "\"\(path)\" has changed since it was looked at, and the store does not hold what it was",
                next:
                    "let what writes it end; for an older release check out its commit and compile",
                run: .again)
        case .outputAltered(let path, let unit, let others):
            Failure(
                "data-altered",
                "\"\(path)\" does not hold what \(unit) made; nothing was sent"
                    + (others > 0 ? " (and \(others) more like it)" : ""),
                cause: "it was written after the unit had ended, by hand or by another program",
                next: "restore it from the store, or make it again; then send",
                run: .exact("pipeline run \(unit.prefix { $0 != "/" })"))
        case .notAFile(let path):
            Failure(
                "bundle-not-a-file",
                "\"\(path)\" is neither a file nor a folder, and cannot be part of a bundle",
                next: "put a file there", run: .again)
        case .mountHidesCode(let path):
            Failure(
                "mount-hides-code",
                "the data is to be seen at \"\(path)\" in the code, and the code has something there itself",
                next: "keep \"\(path)\" out of the code by a line of .dockerignore in the context")
        case .smokeCheckFailed(let failure):
            Failure("smoke-check", "a smoke check failed", cause: failure, run: .again)
        case .releaseUnknown(let number, let environment):
            Failure(
                "no-such-release", "environment \"\(environment)\" has no release \(number)",
                next: "list them", run: "pipeline releases")
        case .nothingToRollBackTo(let environment):
            Failure(
                "nothing-to-roll-back-to",
                "environment \"\(environment)\" has had no other release live", next: "list all",
                run: "pipeline releases")
        case .unhealthy(let release, let why, let afterwards):
            // What else fails then, as a folder that cannot be read, says nothing of the site.
            Failure(
                why.code,
                ["release-unhealthy", "smoke-check"].contains(why.code)
                    ? "release \(release) is not healthy" : "release \(release) was not put live",
                cause: why.headline + (why.cause.map { ": \($0)" } ?? "") + ". " + afterwards,
                said: why.said, next: why.next ?? "fix the cause", run: .again
            ).logged(why.log)
        case .notHere(let environment):
            Failure(
                "not-here", "environment \"\(environment)\" does not run on this machine",
                next: "restart its site",
                run: .exact("pipeline restart --environment \(environment)"))
        case .nothingLive(let environment):
            Failure(
                "nothing-live", "environment \"\(environment)\" has no live release",
                next: "make one", run: .exact("pipeline run deploy --environment \(environment)"))
        case .otherLive(let found, let recorded, let environment):
            Failure(
                "other-release-live",
                "\(found) is live in environment \"\(environment)\", and not release \(recorded), which is live by "
                    + "the history that this clone knows; nothing was changed",
                cause:
                    "another operator has made it live since, or before the archive was read last",
                next: "see what is live; `pipeline rollback --to N` goes to a release all the same",
                run: .exact("pipeline releases --environment \(environment)"))
        case .reloadFailed(let release, let why):
            Failure(
                why.code,
                "release \(release) runs, but what it had read before was not reloaded",
                cause: why.headline + (why.cause.map { ": \($0)" } ?? ""), said: why.said,
                next: why.next ?? "fix the cause; the next deployment reloads it",
                run: .again)
        case .imageGone(let reference):
            Failure(
                "image-gone", "the registry no longer has \"\(reference)\"; nothing was changed",
                next: "check out the release's commit and make it again", run: "pipeline run deploy"
            )
        case .slotUnknown(let slot, let known):
            Failure(
                "no-such-slot",
                "the environment has no slot \"\(slot)\"; it has \(known.joined(separator: ", "))",
                next: "name one of these")
        case .remoteGone(let path):
            Failure(
                "remote-file-gone", "\"\(path)\" is not in the data folder any more",
                next: "list it again", run: "pipeline data list")
        case .portTaken(let port, let detail):
            Failure(
                "port-taken", "port \(port) of this machine is not free (\(detail))",
                next: "stop what uses it, or set another \"port\" in the environment's file",
                run: .exact("ss -ltnp 'sport = :\(port)'"))
        }
    }

    /// Why a release does not run, which may be followed by the lines that its site said.
    ///
    /// - Parameter afterwards: what answers now, as it was asked after the failure.
    static func notWell(
        release: Int64, _ error: any Error, afterwards: String
    ) -> ShippingError {
        if let known = error as? any Explained {
            return .unhealthy(release: release, known.failure, afterwards: afterwards)
        }
        let lines = "\(error)".split(whereSeparator: \.isNewline).map(String.init)
        return .unhealthy(
            release: release,
            Failure(
                "release-unhealthy", lines.first ?? "it ended",
                said: lines.dropFirst().map { String($0.drop { $0 == " " }) }),
            afterwards: afterwards)
    }
}

extension Failure {
    fileprivate func logged(_ log: String?) -> Failure {
        var failure = self
        failure.log = log
        return failure
    }
}
