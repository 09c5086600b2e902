/// Why no links are made.
package enum LinkError: Error, Equatable, CustomStringConvertible {
    case noFolder(String)
    case targetInsideSource(source: String, target: String)
    case removalStorm(count: Int, of: Int, limit: Int)

    package var description: String {
        switch self {
        case .noFolder(let path):
            "\"\(path)\" is no folder: check the path, and that it is mounted"
        case .targetInsideSource(let source, let target):
            "the target \"\(target)\" lies in the source \"\(source)\": name another target"
        case .removalStorm(let count, let all, let limit):
            "\(count) of \(all) links into the source would be removed, more than \(limit): "
                + "check that the source is mounted and whole, or allow it with --max-delete \(count)"
        }
    }
}
