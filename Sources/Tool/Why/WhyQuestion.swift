import Arguments
import Failures

/// What `why` is asked.
enum WhyQuestion: Hashable {
    /// What the next run does, and why.
    case next
    case past
    case run(Int64)
    /// From what it was made; as it is, or as a release holds it.
    case back(release: Int64?)
    case forward
    /// What differs from the nearest result in the archive.
    case elsewhere
    case release(Int64)

    /// - Throws: `UsageError` where two things are asked at once, `ArgumentError` where there is nothing to ask about.
    init(_ arguments: ParsedArguments) throws {
        let asked = ["past", "run", "back", "forward", "elsewhere"].filter(arguments.isGiven)
        if asked.count > 1 {
            throw Self.clash(asked[0], asked[1])
        }
        let release = try arguments.int("release", in: 1...Int.max).map(Int64.init)
        guard arguments.positional("name") != nil else {
            guard let release, asked.isEmpty else {
                throw ArgumentError(.missingArgument("NAME"), chain: arguments.chain)
            }
            self = .release(release)
            return
        }
        if release != nil, let other = asked.first, other != "back" {
            throw Self.clash(other, "release")
        }
        switch asked.first {
        case "past": self = .past
        case "run":
            self = .run(Int64(try arguments.int("run", in: 1...Int.max) ?? 1))
        case "forward": self = .forward
        case "elsewhere": self = .elsewhere
        case "back": self = .back(release: release)
        default: self = release == nil ? .next : .back(release: release)
        }
    }

    private static func clash(_ one: String, _ other: String) -> UsageError {
        UsageError(
            "options-clash", "--\(one) and --\(other) do not go together",
            next: "ask one at a time", run: "pipeline why --help")
    }
}

/// No run has the number.
struct NoRun: Explained, Hashable {
    let number: Int64
    /// The unit or stage that was asked about; nil for a whole run.
    let typed: String?

    var description: String { failure.text }

    var failure: Failure {
        let headline = "there is no run \(number)"
        guard let typed else {
            return Failure(
                "no-such-run", headline, next: "list what the newest run did",
                run: "pipeline logs --list")
        }
        return Failure(
            "no-such-run", headline, next: "list those in which it ran",
            run: .exact(ShellWords.line(["pipeline", "why", typed, "--past"])))
    }
}
