/// A task of an array as squeue(1) tells it.
package struct SlurmTask: Sendable, Hashable {
    package let job: String
    package let index: Int
    package let name: String
    package let state: SlurmState
    package let reason: String

    /// One line of `squeue --array --format=%F|%K|%T|%j|%r`; nil for anything else, such as a job that is no array.
    package init?(line: String) {
        let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, let index = Int(fields[1]) else { return nil }
        job = String(fields[0])
        self.index = index
        state = SlurmState(String(fields[2]))
        name = String(fields[3])
        reason = String(fields[4])
    }
}

/// How a task ended, as `scontrol show job --oneliner` tells it for as long as Slurm remembers (MinJobAge).
package struct SlurmEnd: Sendable, Hashable {
    package let state: SlurmState
    package let reason: String
    /// `code:signal`.
    package let exitCode: String
    package let node: String

    /// Whether a signal from outside ended the task itself, which units do not send.
    package var wasKilled: Bool {
        exitCode == "143:0" || exitCode == "0:15" || exitCode == "0:9"
    }

    package init?(line: String) {
        var fields: [Substring: Substring] = [:]
        for word in line.split(separator: " ") {
            guard let equals = word.firstIndex(of: "=") else { continue }
            // The first wins: a command line at the end may hold anything.
            let name = word[..<equals]
            if fields[name] == nil { fields[name] = word[word.index(after: equals)...] }
        }
        guard let state = fields["JobState"] else { return nil }
        self.state = SlurmState(String(state))
        reason = String(fields["Reason"] ?? "None")
        exitCode = String(fields["ExitCode"] ?? "?")
        node = String(fields["BatchHost"] ?? fields["NodeList"] ?? "?")
    }
}

/// The states of squeue(1), JOB STATE CODES, as far as they matter to who waits.
package enum SlurmState: Sendable, Hashable {
    case waiting
    case running
    case completed
    case cancelled
    case timedOut
    case outOfMemory
    /// The node or the cluster took the task away: nothing that the unit did.
    case lost(String)
    case failed(String)

    package init(_ word: String) {
        self =
            switch word {
            case "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT",
                "CONFIGURING":
                .waiting
            case "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING",
                "STAGE_OUT":
                .running
            case "COMPLETED": .completed
            case "CANCELLED": .cancelled
            case "TIMEOUT": .timedOut
            case "OUT_OF_MEMORY": .outOfMemory
            case "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "REVOKED", "DEADLINE": .lost(word)
            default: .failed(word)
            }
    }

    /// Whether the task still has something to come.
    package var isOpen: Bool { self == .waiting || self == .running }
}
