package import Failures

/// Why configuration could not be pulled, and what to do.
package enum ConfigurationError: Explained, Equatable {
    case badName(String)
    case badTransport(String)
    case notCloned(String, String)
    case nothing(layers: [String], known: [String])
    case notAFile(String)
    case notAllowed(String)
    case altered([String])
    case noSource

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .badName(let name):
            Failure(
                "config-bad-name",
                "\"\(name)\" is no name of a namespace, stage, branch or repository",
                next: "see the help", run: "pipeline config pull --help")
        case .badTransport(let url):
            Failure(
                "config-bad-transport",
                "\"\(url.prefix { $0 != ":" })\" is no way to fetch configuration by",
                cause:
                    "addresses of git's helpers can run any program, and http and git are not protected",
                next: "use https, ssh, or a folder of this machine")
        case .notCloned(let url, let text):
            Failure(
                "config-not-cloned", "\(url) could not be cloned", cause: text,
                next: "try by hand", run: .exact("git ls-remote \(url)"))
        case .nothing(let layers, let known):
            Failure(
                "config-no-layers",
                "the repository has neither of \(layers.joined(separator: ", ")); it has "
                    + (known.isEmpty ? "no folders" : known.joined(separator: ", ")),
                next: "name a namespace and a stage that it has")
        case .notAFile(let path):
            Failure(
                "config-not-a-file",
                "\"\(path)\" in the repository is a link or no file, and is not copied; nothing was changed",
                next: "put a plain file there")
        case .notAllowed(let path):
            Failure(
                "config-not-allowed",
                "\"\(path)\" is none of the places that configuration may be written to; nothing was changed",
                next: "move it in the repository")
        case .altered(let paths):
            Failure(
                "config-altered",
                "changed here since they were pulled, or never pulled: \(paths.joined(separator: ", ")). "
                    + "Nothing was changed",
                next: "keep what is here elsewhere; to have it replaced",
                run: .again(adding: "--force"))
        case .noSource:
            Failure(
                "config-no-source", "nothing was pulled into this project yet",
                next: "say from where", run: "pipeline config pull NAMESPACE STAGE --from URL")
        }
    }
}
