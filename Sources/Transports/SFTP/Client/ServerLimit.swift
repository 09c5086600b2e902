/// What a client does without at a server that does not take it. Several sessions, several open files and
/// requests ahead of their answers are an optimisation: the protocol promises none of them.
package enum ServerLimit: String, CaseIterable, Hashable, Sendable {
    /// One session instead of several.
    case oneSession = "one-session"
    /// Each file is sent by one session, from its beginning to its end.
    case oneWriter = "one-writer"
    /// One open file or folder at a time.
    case oneFile = "one-file"
    /// Of each file one WRITE at a time: the next one goes out when the last is answered.
    case lockStep = "lock-step"
    /// A file that was truncated is sent from its beginning.
    case noResume = "no-resume"

    /// What the client gave up, for people.
    package var text: String {
        switch self {
        case .oneSession: "several sessions failed or stalled; one is used"
        case .oneWriter: "one file over several sessions failed; each file is sent by one session"
        case .oneFile: "several open files failed; one file is sent at a time"
        case .lockStep: "writing ahead of the answers failed; each answer is awaited"
        case .noResume: "continuing a file failed; a truncated file is sent again"
        }
    }

    /// How many days it is remembered. A line that was down looks like a server that stalls, and trying
    /// again costs little.
    package var days: Int { self == .oneSession ? 1 : 30 }
}

/// Which limits a client keeps to, and which of them have not shown yet that they help. Pure.
struct ServerLimits {
    private(set) var active: Set<ServerLimit> = []
    private(set) var unconfirmed: [ServerLimit] = []

    init(_ known: Set<ServerLimit>) { for limit in known { insert(limit) } }

    /// Keeps to a limit from now on; false where that was so before.
    mutating func tryOut(_ limit: ServerLimit) -> Bool {
        guard !active.contains(limit) else { return false }
        insert(limit)
        unconfirmed.append(limit)
        return true
    }

    /// Keeps to a limit that is known; false where that was so before.
    mutating func learn(_ limit: ServerLimit) -> Bool {
        guard !active.contains(limit) else { return false }
        insert(limit)
        return true
    }

    /// What was tried out has helped: these limits, each handed out once.
    mutating func confirm() -> [ServerLimit] {
        defer { unconfirmed = [] }
        return unconfirmed
    }

    private mutating func insert(_ limit: ServerLimit) {
        active.insert(limit)
        if limit == .oneFile { active.insert(.oneWriter) }
    }
}
