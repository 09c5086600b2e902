/// A line of a `.dockerignore` file that Docker refuses too, or that it reads in a way nobody means.
package struct DockerIgnoreError: Error, Equatable, CustomStringConvertible {
    package let line: String
    package let reason: String

    package var description: String {
        "the pattern \"\(line)\" of .dockerignore is wrong: \(reason)"
    }
}
