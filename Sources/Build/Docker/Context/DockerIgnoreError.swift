package import Failures

/// A line of a `.dockerignore` file that Docker refuses too, or that it reads in a way nobody means.
package struct DockerIgnoreError: Explained, Equatable {
    package let line: String
    package let reason: String

    package var description: String { failure.text }

    package var failure: Failure {
        Failure(
            "dockerignore-pattern", "the pattern \"\(line)\" of .dockerignore is wrong",
            cause: reason,
            next: "fix that line", run: .again)
    }
}
