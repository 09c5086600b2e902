import Glibc

/// The dispositions of signals, which belong to the process as a whole.
package enum Signals {
    private static let brokenPipesAreIgnored: Void = {
        signal(SIGPIPE, SIG_IGN)
    }()

    /// Lets a write to a pipe that nobody reads fail with `EPIPE` rather than kill the tool. Children that
    /// this package starts get the default back.
    package static func ignoreBrokenPipes() { brokenPipesAreIgnored }
}
