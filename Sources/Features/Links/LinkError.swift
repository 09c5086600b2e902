package import Failures

/// Why no links are made.
package enum LinkError: Explained, Equatable {
    case noFolder(String)
    case targetInsideSource(source: String, target: String)
    case removalStorm(count: Int, of: Int, limit: Int)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noFolder(let path):
            Failure(
                "link-no-folder", "\"\(path)\" is no folder",
                next: "check the path, and that it is mounted")
        case .targetInsideSource(let source, let target):
            Failure(
                "link-target-inside-source",
                "the target \"\(target)\" lies in the source \"\(source)\"",
                next: "name another target")
        case .removalStorm(let count, let all, let limit):
            Failure(
                "link-removal-storm",
                "\(count) of \(all) links into the source would be removed, more than \(limit)",
                next: "check that the source is mounted and whole; if this is meant",
                run: .again(adding: "--max-delete \(count)"))
        }
    }
}
