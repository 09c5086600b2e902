package import Failures

/// What happens in a run, as it happens. The edge decides how it is shown.
package enum RunEvent: Sendable {
    case note(String)
    case stageStarted(stage: String, units: Int)
    /// How many seconds the stage is likely to take from now, and how many if all takes as long as it ever did.
    case expected(stage: String, seconds: Double, atMost: Double)
    case unitStarted(unit: String, stage: String)
    case unitEnded(UnitEnd)
    /// How far a stage's work is, for displays that move.
    case progress(stage: String, text: String)
    /// How far the sending of a stage's files is.
    case transfer(stage: String, TransferProgress)
    /// What was exchanged with the archive.
    case archive(ArchiveEvent)
    /// A line that a program of a stage printed.
    case output(stage: String, line: String)
    case stageEnded(StageSummary)
    /// Time passes and nothing else happens: what shows durations may redraw.
    case tick
}

/// What a run exchanges with the archive. Sizes in bytes.
package enum ArchiveEvent: Sendable, Hashable {
    case fetching(bytes: Int64, of: Int64)
    case fetched(files: Int, bytes: Int64)
    /// The run's work is done; its results are still on their way.
    case sending
    case sent(results: Int, bytes: Int64)
}

package struct UnitEnd: Sendable {
    package let unit: String
    package let stage: String
    package let outcome: Outcome
    package let milliseconds: Int64
    package let reasons: [String]
    /// All that is known of a failure; nil unless it failed.
    package let failure: Failure?

    package enum Outcome: Sendable, Hashable {
        case ran
        /// The outputs came from the store of this clone.
        case restored
        /// They came from the archive: `USER@HOST` made them.
        case fetched(by: String)
        /// Decided, after its inputs had settled, that there is nothing to do.
        case unchanged
        case failed(message: String, log: String?)
        /// Not tried, because something that it reads was not made.
        case blocked(by: String)
        case interrupted
    }

    package init(
        unit: String, stage: String, outcome: Outcome, milliseconds: Int64, reasons: [String],
        failure: Failure? = nil
    ) {
        self.unit = unit
        self.stage = stage
        self.outcome = outcome
        self.milliseconds = milliseconds
        self.reasons = reasons
        self.failure = failure
    }
}

/// How a stage went.
package struct StageSummary: Sendable {
    package let stage: String
    package var upToDate = 0
    package var ran = 0
    package var restored = 0
    package var fetched = 0
    package var unchanged = 0
    package var failures: [UnitEnd] = []
    package var blocked = 0
    package var interrupted = 0
    package var milliseconds: Int64 = 0
    /// What the stage has to say about its result, such as a digest or an address.
    package var result: String?
    /// What was sent, if the stage sends files.
    package var transfer: TransferSummary?
    /// Where the site answers, if the stage made it answer.
    package var address: String?
    /// How a step ended that neither did what it should nor failed.
    package var pause: StepPause?
    /// How many files had to be hashed to decide: none where nothing changed.
    package var hashedFiles = 0

    package init(stage: String) {
        self.stage = stage
    }

    package var succeeded: Bool { failures.isEmpty && blocked == 0 && interrupted == 0 }

    package mutating func count(_ end: UnitEnd) {
        switch end.outcome {
        case .ran: ran += 1
        case .restored: restored += 1
        case .fetched: fetched += 1
        case .unchanged: unchanged += 1
        case .failed: failures.append(end)
        case .blocked: blocked += 1
        case .interrupted: interrupted += 1
        }
    }
}
