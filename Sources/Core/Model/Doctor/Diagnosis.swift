/// What `doctor` found of one precondition.
package struct Diagnosis: Hashable, Sendable {
    package enum State: String, Sendable {
        case good = "ok"
        /// Works, and could be better or cost less.
        case warning
        /// Something that is needed is missing.
        case bad = "error"
        /// It could not be asked.
        case unknown
    }

    package let area: String
    package let subject: String
    package let state: State
    package let found: String
    /// What to do; empty where there is nothing.
    package let advice: String
    package var remedy: Remedy?

    package init(
        _ area: String, _ subject: String, _ state: State, _ found: String, advice: String = "",
        remedy: Remedy? = nil
    ) {
        self.area = area
        self.subject = subject
        self.state = state
        self.found = found
        self.advice = advice
        self.remedy = remedy
    }

    package static func unknown(_ area: String, _ subject: String, _ error: any Error) -> Diagnosis
    {
        Diagnosis(area, subject, .unknown, "\(error)")
    }
}

/// What `doctor --fix` can do, each asked for by itself.
package enum Remedy: Hashable, Sendable {
    /// Deletes what a killed run has left and what costs.
    case clearLeftovers(environment: String)
    case makeExecutable(path: String)

    package var question: String {
        switch self {
        case .clearLeftovers(let environment):
            "What earlier runs have left in \"\(environment)\", and what costs, will be deleted."
        case .makeExecutable(let path): "\"\(path)\" will be made executable."
        }
    }

    /// What a person types.
    package var word: String {
        switch self {
        case .clearLeftovers(let environment): environment
        case .makeExecutable(let path): path
        }
    }
}
