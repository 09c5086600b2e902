/// Why a shipping step cannot be done, and what to do.
package enum ShippingError: Error, CustomStringConvertible {
    case noImageStage
    case noRepository(environment: String)
    case notBuilt
    case notPushed
    case notSynced
    case emptyData([String], leftOut: Int)
    case notAtRegistry(reference: String, expected: String, found: String?)
    case contentLost(path: String)
    case contentChanged(path: String)
    case notAFile(path: String)
    case badBundle([String])
    case smokeCheckFailed(String)
    case releaseUnknown(Int64, environment: String)
    case nothingToRollBackTo(environment: String)
    case unhealthy(release: Int64, reason: String, live: Int64?)
    case reloadFailed(release: Int64, reason: String)
    case imageGone(String)
    case portTaken(Int, String)
    case slotUnknown(String, known: [String])
    case remoteGone(String)

    package var description: String {
        switch self {
        case .noImageStage:
            "the definition has no stage of kind image; add one, it says what the site's code is"
        case .noRepository(let environment):
            "environment \"\(environment)\" has no \"repository\" to push to"
        case .notBuilt: "no image has been built; run the image stage first"
        case .notPushed: "no image has been pushed; run the push stage first"
        case .notSynced: "no data has been synced; run the sync stage first"
        case .emptyData(let folders, let leftOut) where leftOut > 0:
            "nothing of \(folders.joined(separator: ", ")) is left to send; nothing was synced, since an "
                + "empty data release would empty the site. `pipeline data files --excluded` says "
                + "what stays behind, and why"
        case .emptyData(let folders, _):
            "there are no files in \(folders.joined(separator: ", ")); nothing was synced, since an "
                + "empty data release would empty the site. Run the compile stage first"
        case .notAtRegistry(let reference, let expected, let found):
            "the registry has \(found ?? "nothing") for \"\(reference)\" and not \(expected), which was "
                + "pushed; push again, and see who else pushes there"
        case .contentLost(let path):
            "the content of \"\(path)\" is neither in the store nor in the project; "
                + "check out the release's commit and run the compile stage"
        case .contentChanged(let path):
            "\"\(path)\" has changed since it was looked at, and the store does not hold what it was; give "
                + "the same command again to send it as it is now, or for an older release check out "
                + "its commit and run the compile stage"
        case .notAFile(let path):
            "\"\(path)\" is neither a file nor a folder, and cannot be part of a bundle; put a file there"
        case .badBundle(let findings):
            "Beanstalk could not take the bundle; nothing was uploaded:"
                + findings.map { "\n  " + $0 }.joined()
        case .smokeCheckFailed(let failure): "a smoke check failed: \(failure)"
        case .releaseUnknown(let number, let environment):
            "environment \"\(environment)\" has no release \(number); `pipeline releases` lists them"
        case .nothingToRollBackTo(let environment):
            "environment \"\(environment)\" has had no other release live; `pipeline releases` lists all"
        case .unhealthy(let release, let reason, let live):
            "release \(release) is not healthy: \(reason). "
                + (live.map { "Release \($0) goes on answering. " } ?? "Nothing was live before. ")
                + "Mend the cause and give the same command again"
        case .reloadFailed(let release, let reason):
            "release \(release) runs, but what it had read before was not reloaded: \(reason). Give the same "
                + "command again: it reloads"
        case .imageGone(let reference):
            "the registry no longer has \"\(reference)\"; nothing was changed. Check out the release's "
                + "commit and run `pipeline run deploy`"
        case .slotUnknown(let slot, let known):
            "the environment has no slot \"\(slot)\"; it has \(known.joined(separator: ", "))"
        case .remoteGone(let path):
            "\"\(path)\" is not in the data folder any more; list it again"
        case .portTaken(let port, let detail):
            "port \(port) of this machine is not free (\(detail)); stop what uses it, or set another "
                + "\"port\" in the environment"
        }
    }
}
