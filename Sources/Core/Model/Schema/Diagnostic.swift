package import Failures

/// One finding about a file that a person wrote: where, what, and what to do.
///
/// Printed as `file:line:column: message`, the form that editors and terminals make clickable.
package struct Diagnostic: Explained, Hashable, Sendable {
    /// One of `docs/errors.md`.
    package let code: String
    package let file: String
    /// 1-based.
    package let line: Int
    /// 1-based, in characters.
    package let column: Int
    package let message: String
    /// What to do about it, a sentence without a full stop.
    package let advice: String?

    package init(
        file: String, line: Int, column: Int, code: String, message: String,
        advice: String? = nil
    ) {
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.advice = advice
    }

    package var description: String {
        let place = "\(file):\(line):\(column): \(message)"
        guard let advice else { return place }
        return "\(place); \(advice)"
    }

    package var failure: Failure {
        Failure(
            code, message, at: [.file(file, line: line, column: column)],
            next: advice ?? "correct it there")
    }
}

/// Everything that is wrong with a definition, at once, so that a person fixes it in one go.
package struct DefinitionError: Explained, Equatable {
    private let first: Diagnostic
    private let others: [Diagnostic]

    package init(_ finding: Diagnostic) {
        first = finding
        others = []
    }

    /// Nil where nothing was found.
    package init?(_ diagnostics: [Diagnostic]) {
        guard let first = diagnostics.first else { return nil }
        self.first = first
        others = Array(diagnostics.dropFirst())
    }

    package var diagnostics: [Diagnostic] { [first] + others }

    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }

    package var failures: [Failure] { diagnostics.map(\.failure) }

    package var failure: Failure { first.failure }
}
