/// Why a unit runs, or is restored: one of its reasons.
package enum Reason: Sendable, Hashable {
    case neverRan
    case failedBefore(String)
    case interrupted
    /// Worker, command, parameter, variable, tool or names of outputs; the component's own name.
    case recipe(ComponentChange)
    case code(ComponentChange)
    case input(ComponentChange)
    case outputMissing(String)
    case outputAltered(String)
    case forced
    /// Something outside is not as the ledger says: the fact, for people.
    case external(String)

    /// The reason in a few words, for people.
    package var text: String {
        switch self {
        case .neverRan: "has never run"
        case .failedBefore(let message): "failed last time: \(message)"
        case .interrupted: "was interrupted"
        case .recipe(let change): Self.describe(change, verb: "changed")
        case .code(let change): "code " + Self.describe(change, verb: "changed", showsValues: false)
        case .input(let change):
            "input " + Self.describe(change, verb: "changed", showsValues: false)
        case .outputMissing(let path): "output \(path) is missing"
        case .outputAltered(let path): "output \(path) was altered"
        case .forced: "asked for by --force"
        case .external(let fact): fact
        }
    }

    /// The reason's kind, a word that programs may rely on.
    package var word: String {
        switch self {
        case .neverRan: "never-ran"
        case .failedBefore: "failed-before"
        case .interrupted: "interrupted"
        case .recipe: "recipe-changed"
        case .code: "code-changed"
        case .input: "input-changed"
        case .outputMissing: "output-missing"
        case .outputAltered: "output-altered"
        case .forced: "forced"
        case .external: "outside"
        }
    }

    /// The component that changed, if the reason is one.
    package var change: ComponentChange? {
        switch self {
        case .recipe(let change), .code(let change), .input(let change): change
        default: nil
        }
    }

    private static func describe(
        _ change: ComponentChange, verb: String, showsValues: Bool = true
    ) -> String {
        switch (change.before, change.after) {
        case (nil, _): "\(change.name) is new"
        case (_, nil): "\(change.name) is gone"
        case (let before?, let after?) where showsValues:
            "\(change.name) \(verb) from \(before) to \(after)"
        default: "\(change.name) \(verb)"
        }
    }
}
