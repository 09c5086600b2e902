/// Why configuration could not be pulled, and what to do.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    case badName(String)
    case notCloned(String, String)
    case nothing(layers: [String], known: [String])
    case notAFile(String)
    case notAllowed(String)
    case altered([String])
    case noSource

    package var description: String {
        switch self {
        case .badName(let name):
            "\"\(name)\" is no name of a namespace, stage, branch or repository"
        case .notCloned(let url, let text):
            "\(url) could not be cloned: \(text). Try `git ls-remote \(url)` by hand"
        case .nothing(let layers, let known):
            "the repository has neither of \(layers.joined(separator: ", ")); it has "
                + (known.isEmpty ? "no folders" : known.joined(separator: ", "))
        case .notAFile(let path):
            "\"\(path)\" in the repository is a link or no file, and is not copied; nothing was changed"
        case .notAllowed(let path):
            "\"\(path)\" is none of the places that configuration may be written to; nothing was changed"
        case .altered(let paths):
            "changed here since they were pulled, or never pulled: \(paths.joined(separator: ", ")). Nothing was "
                + "changed; --force replaces them"
        case .noSource:
            "nothing was pulled into this project yet: pipeline config pull NAMESPACE STAGE --from URL"
        }
    }
}
