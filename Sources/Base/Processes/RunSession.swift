import Posix

/// The one loop of `ProcessRunner.run`: input, both outputs, the end of the child, the time and the
/// cancellation, all in one poll(2).
struct RunSession {
    private let child: ChildProcess
    private let input: [UInt8]
    private var written = 0
    private var output: StreamCollector
    private var error: StreamCollector
    private let cancel: Cancellation?
    private let timeout: Double?
    private let deadline: Int64?
    private let grace: Double
    private var stop: (reason: ProcessError, termination: Termination)?

    /// After the end of the child, for those that still hold its pipes.
    private static let drainNs: Int64 = 100_000_000

    init(
        _ child: ChildProcess, input: [UInt8], outputLimit: Int, timeout: Double?, grace: Double,
        cancel: Cancellation?, onLine: ((ProcessRunner.Stream, String) -> Void)?
    ) {
        self.child = child
        self.input = input
        self.cancel = cancel
        self.timeout = timeout
        self.grace = grace
        deadline = timeout.map {
            MonotonicClock.nanoseconds() + Int64(max(0, min($0, 1e9)) * 1e9)
        }
        output = StreamCollector(child.standardOutput, limit: outputLimit) { line in
            onLine?(.standardOutput, line)
        }
        error = StreamCollector(child.standardError, limit: outputLimit) { line in
            onLine?(.standardError, line)
        }
    }

    mutating func run() throws(PosixError) -> Result<ProcessOutput, ProcessError> {
        for descriptor in [child.standardInput, child.standardOutput, child.standardError] {
            if let descriptor { try Descriptors.setNonBlocking(descriptor) }
        }
        if input.isEmpty { child.closeStandardInput() }
        while !isOver() {
            // Decided before the time to wait is: a child that ends in between must still wake the poll. Only a
            // child that is known to have ended is left out, while the rest of its group is being stopped.
            let watchesChild = stop == nil || child.poll() == nil
            try step(timeoutMs: waitMs(), watchesChild: watchesChild)
        }
        let end = MonotonicClock.nanoseconds() + Self.drainNs
        while output.descriptor != nil || error.descriptor != nil {
            let left = end - MonotonicClock.nanoseconds()
            if left <= 0 || stop != nil { break }
            try step(timeoutMs: Int(left / 1_000_000) + 1, watchesChild: false)
        }
        try output.drain()
        try error.drain()
        if let stop { return .failure(stop.reason) }
        return .success(
            ProcessOutput(
                exit: child.wait(), standardOutput: output.bytes, standardError: error.bytes,
                outputWasCut: output.wasCut || error.wasCut))
    }

    /// True when the child has ended; while it is being stopped, when its group has as well.
    private mutating func isOver() -> Bool {
        if stop != nil { return stop?.termination.advance() ?? true }
        if child.poll() != nil { return true }
        if cancel?.isCancelled == true {
            stop = (.interrupted, Termination(child, grace: grace))
        } else if let deadline, let timeout, MonotonicClock.nanoseconds() >= deadline {
            stop = (.timedOut(after: timeout), Termination(child, grace: grace))
        }
        return false
    }

    private func waitMs() -> Int? {
        if let stop { return stop.termination.waitMs }
        let untilDeadline = deadline.map {
            max(0, Int(($0 - MonotonicClock.nanoseconds()) / 1_000_000) + 1)
        }
        // A cancellation without a descriptor has to be asked for.
        guard let cancel, cancel.descriptor < 0 else { return untilDeadline }
        return min(untilDeadline ?? 100, 100)
    }

    private mutating func step(timeoutMs: Int?, watchesChild: Bool) throws(PosixError) {
        let ready = try Poll.wait(
            [
                (output.descriptor ?? -1, .readable),
                (error.descriptor ?? -1, .readable),
                (child.standardInput ?? -1, .writable),
                (watchesChild ? child.processDescriptor : -1, .readable),
                (watchesChild && stop == nil ? cancel?.descriptor ?? -1 : -1, .readable),
            ], timeoutMs: timeoutMs)
        for position in ready {
            switch position {
            case 0: try output.read()
            case 1: try error.read()
            case 2: feed()
            default: break
            }
        }
    }

    // A child that does not read to the end of its input is no failure of ours.
    private mutating func feed() {
        guard let descriptor = child.standardInput else { return }
        do {
            written += try Descriptors.writeSome(input[written...], to: descriptor)
            if written == input.count { child.closeStandardInput() }
        } catch {
            child.closeStandardInput()
        }
    }
}
