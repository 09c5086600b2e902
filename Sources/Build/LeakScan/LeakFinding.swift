package import Failures
package import Posix

/// Something that must not be published, and where it is.
package struct LeakFinding: Hashable, Sendable, CustomStringConvertible {
    package let rule: LeakRule
    /// `context`, or a layer's short digest.
    package let place: String
    package let path: String
    /// What it is and in which line; never the thing itself. nil where the rule says it all.
    package let detail: String?

    package init(rule: LeakRule, place: String, path: String, detail: String? = nil) {
        self.rule = rule
        self.place = place
        self.path = path
        self.detail = detail
    }

    package var description: String {
        "\(place): \(path): \(rule.meaning) (\(rule.rawValue))"
            + (detail.map { ": \($0)" } ?? "")
    }
}

/// What was looked at.
package struct LeakReport: Hashable, Sendable {
    package var files = 0
    /// Bytes.
    package var bytes: Int64 = 0
    package var layers = 0
    /// Of them, those of the image that it is built on.
    package var baseLayers = 0
    package var findings: [LeakFinding] = []

    package init() {}
}

/// Why an image could not be looked at; then it counts as one that leaks.
package enum LeakError: Explained {
    case damaged(String)
    case noLayers
    case notSaved(String)
    /// Which list of data could not be made, and why.
    case dataUnknown(String, String)
    /// Another scanner, and how it failed.
    case scanner(String, String)
    case file(PosixError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .damaged(let detail):
            Failure(
                "leaks-not-looked-at",
                "the image could not be looked at (\(detail)), so it is not published",
                next: "build it again", run: "pipeline run image --force")
        case .noLayers:
            Failure(
                "leaks-not-looked-at",
                "the image that Docker gave has no layers that could be looked at, so it is not published",
                next: "build it again", run: "pipeline run image --force")
        case .notSaved(let detail):
            Failure(
                "leaks-not-saved", "Docker did not give the image to be looked at", cause: detail,
                run: .again)
        case .dataUnknown(let owner, let detail):
            Failure(
                "leaks-data-unknown",
                "the files of the data of \(owner) could not be listed, so nobody can tell whether the image "
                    + "holds one of them; nothing was pushed",
                cause: detail, next: "fix the cause", run: .again)
        case .scanner(let name, let detail):
            Failure(
                "leaks-scanner-failed",
                "\"\(name)\", the scanner of the push stage, did not look at the image, so it is not pushed",
                cause: detail,
                next: "install it or fix the cause, or take \"scanner\" out of the stage",
                run: .again)
        case .file(let error): error.failure
        }
    }
}
