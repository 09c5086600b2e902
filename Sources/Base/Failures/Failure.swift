import Texts

/// What is reported of something that went wrong: one shape for the whole program.
///
/// The codes are stable: scripts may compare them, and `docs/errors.md` has an entry for each. Texts are plain English in
/// lower case without a full stop, and may hold names from outside as they are: who prints them makes them safe.
package struct Failure: Explained, Hashable, Codable {
    /// Words of a-z joined by dashes: `no-such-stage`.
    package let code: String
    /// What happened, in one line.
    package let headline: String
    /// Where, the nearest first.
    package var places: [Place]
    /// Why, as far as it is known.
    package var cause: String?
    /// The last lines of what a program or a service said about it.
    package var said: [String]
    /// The file that holds all that was said.
    package var log: String?
    /// What to do next.
    package var next: String?
    /// The command that does it, or that is to follow.
    package var command: Command?

    package enum Place: Hashable, Sendable, Codable {
        /// Line and column are 1-based, the column in characters.
        case file(String, line: Int, column: Int)
        case unit(String)
        case host(String)
    }

    package enum Command: Hashable, Sendable, Codable, ExpressibleByStringLiteral {
        case exact(String)
        /// The command that failed, once more, with an option that it did not have.
        case again(adding: String?)
        /// The command that failed, with one of its words spelled as it was probably meant.
        case corrected(String, to: String)

        package static var again: Command { .again(adding: nil) }

        package init(stringLiteral text: String) { self = .exact(text) }
    }

    package init(
        _ code: String, _ headline: String, cause: String? = nil, said: [String] = [],
        at places: [Place] = [], next: String? = nil, run command: Command? = nil
    ) {
        self.code = code
        self.headline = headline
        self.places = places
        self.cause = cause
        self.said = said
        self.next = next
        self.command = command
    }

    package var failure: Failure { self }
    package var description: String { text }

    /// For where one line is to say it all: the ledger, a note, a table. What was said follows on lines of its own.
    package var text: String {
        // A stop is no fault: where one line is to say it all, the word is enough.
        if self == .interrupted { return headline }
        var text = headline
        for case .host(let host) in places where !headline.contains(host) {
            text += " (on \(host))"
        }
        if let cause, !cause.isEmpty { text += ": \(cause)" }
        switch (advice, command) {
        case (let advice?, .exact(let command)): text += "; \(advice): \(command)"
        case (let advice?, _): text += "; \(advice)"
        case (nil, .exact(let command)): text += "; try \(command)"
        case (nil, _): break
        }
        return text + said.map { "\n  \($0)" }.joined()
    }

    /// What to do next, in words; the command, where it is an exact one, is to be shown with it.
    package var advice: String? {
        guard case .again(let option) = command else { return next }
        // The command that is shown is the answer.
        if let next, next.hasSuffix("?") { return next }
        let again = "run the same command again" + (option.map { " with \($0)" } ?? "")
        return next.map { $0 + (option == nil ? ", then " : ", ") + again } ?? again
    }

    /// The same, and it happened there.
    package func at(_ place: Place) -> Failure {
        var failure = self
        failure.places.append(place)
        return failure
    }
}

extension Failure.Place: CustomStringConvertible {
    /// `pipeline/pipeline.yaml:7:9`, the form that editors and terminals make clickable.
    package var description: String {
        switch self {
        case .file(let file, let line, let column): "\(file):\(line):\(column)"
        case .unit(let name): "unit \(name)"
        case .host(let name): "host \(name)"
        }
    }
}
