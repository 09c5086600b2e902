import BatchExecution

extension BatchTask {
    /// One line of `squeue --array --format=%F|%K|%T|%j|%r`; nil for anything else, such as a job that is no array.
    init?(squeue line: String) {
        let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, let index = Int(fields[1]) else { return nil }
        self.init(
            job: String(fields[0]), index: index, name: String(fields[3]),
            state: BatchTaskState(slurm: String(fields[2])), reason: String(fields[4]))
    }
}

extension BatchTaskEnd {
    /// What `scontrol show job --oneliner` prints for as long as Slurm remembers (MinJobAge).
    init?(scontrol line: String) {
        var fields: [Substring: Substring] = [:]
        for word in line.split(separator: " ") {
            guard let equals = word.firstIndex(of: "=") else { continue }
            // The first wins: a command line at the end may hold anything.
            let name = word[..<equals]
            if fields[name] == nil { fields[name] = word[word.index(after: equals)...] }
        }
        guard let state = fields["JobState"] else { return nil }
        // `code:signal`.
        let exitCode = String(fields["ExitCode"] ?? "?")
        self.init(
            state: BatchTaskState(slurm: String(state)), exitCode: exitCode,
            node: String(fields["BatchHost"] ?? fields["NodeList"] ?? "?"),
            wasKilled: ["143:0", "0:15", "0:9"].contains(exitCode),
            restarts: fields["Restarts"].flatMap { Int($0) } ?? 0)
    }
}

extension BatchTaskState {
    /// The states of squeue(1), JOB STATE CODES.
    init(slurm word: String) {
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
}
