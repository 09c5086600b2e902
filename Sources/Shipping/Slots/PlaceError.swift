package import Failures
package import Slots

/// Why nothing is written at the place where an environment's data is to lie. Nothing was changed.
package enum PlaceError: Explained {
    /// There is no such folder.
    case missing(root: String, environment: String)
    /// It is a mount point that nothing is mounted on.
    case notMounted(root: String, point: String)
    /// The ledger knows filled slots there, and there is nothing.
    case empty(root: String, slots: [String])
    /// A root that the only slot must not be.
    case unsafe(root: String, why: String)
    /// It holds what is not this project's and environment's.
    case foreign(folder: String, ContentSample, claim: PlaceClaim)
    /// It says that it is another's.
    case others(folder: String, PlaceClaim, own: PlaceClaim)
    /// It has a file of the tool's own that cannot be read.
    case unreadable(file: String, reason: String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .missing(let root, let environment):
            Failure(
                "place-missing", "there is no folder \"\(root)\"; nothing was changed",
                cause:
                    "the folder that holds the slots is never made: it may be a volume that is not mounted",
                next: "mount it, or make it (mkdir -p), or name another \"root\" in "
                    + "pipeline/environments/\(environment).yaml", run: .again)
        case .notMounted(let root, let point):
            Failure(
                "place-not-mounted", "nothing is mounted on \"\(point)\"; nothing was changed",
                cause: "\"\(root)\" lies there, and /etc/fstab says that it is a mount point",
                next: "mount it", run: .again)
        case .empty(let root, let slots):
            Failure(
                "place-empty", "\"\(root)\" is empty; nothing was changed",
                cause:
                    "the ledger says that slots were filled there (\(slots.joined(separator: ", "))): "
                    + "it may be a volume that is not mounted",
                next: "mount it; where the slots were removed on purpose",
                run: .again(adding: "--adopt"))
        case .unsafe(let root, let why):
            Failure(
                "place-unsafe",
                "\"\(root)\" cannot be the root of a place; nothing was changed",
                cause: why,
                next: "name a folder of its own as \"root\"")
        case .foreign(let folder, let sample, let claim):
            Failure(
                "place-foreign",
                "\"\(folder)\" holds \(sample.text) that this environment did not put there; "
                    + "nothing was changed",
                cause: "it has no marker of project \"\(claim.project)\", environment "
                    + "\"\(claim.environment)\"", said: sample.examples,
                next:
                    "name another \"root\" in pipeline/environments/\(claim.environment).yaml; to make the place "
                    + "this environment's, whose syncs delete what is not of the release",
                run: .again(adding: "--adopt"))
        case .others(let folder, let other, let own):
            Failure(
                "place-others",
                "\"\(folder)\" belongs to project \"\(other.project)\", environment "
                    + "\"\(other.environment)\"; nothing was changed",
                cause: "according to its marker",
                next:
                    "name another \"root\" in pipeline/environments/\(own.environment).yaml; to take it from that "
                    + "one", run: .again(adding: "--adopt"))
        case .unreadable(let file, let reason):
            Failure(
                "place-unreadable",
                "\"\(file)\" says whose the slot is, and cannot be read; nothing was changed",
                cause: reason,
                next:
                    "use the version that wrote it; where it is of no use to anybody, remove the file",
                run: .again)
        }
    }
}

/// How much lies in a folder, with examples.
package struct ContentSample: Sendable {
    package var files = 0
    /// Whether there is more than was counted.
    package var isMore = false
    package var examples: [String] = []

    var text: String {
        (isMore ? "more than " : "") + "\(files) " + (files == 1 && !isMore ? "file" : "files")
    }
}
