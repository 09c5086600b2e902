package import Failures

/// Why a text was refused, and where. `message` is lower case and holds no place and no file name.
package struct YAMLError: Explained, Hashable, Sendable {
    package let mark: Mark
    package let message: String

    package init(mark: Mark, message: String) {
        self.mark = mark
        self.message = message
    }

    package var line: Int { mark.line }
    package var column: Int { mark.column }
    package var description: String { "line \(line), column \(column): \(message)" }

    package var failure: Failure {
        Failure("bad-yaml", description, next: "docs/reference/ holds commented examples")
    }
}
