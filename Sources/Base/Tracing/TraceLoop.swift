import CPosix
import Dispatch
import Glibc
import Synchronization

/// The thread that answers: it begins with the first trace, and owns the descriptors of all.
final class TraceLoop: Sendable {
    private let root: String
    private let bell = cposix_event_descriptor()
    private let state = Mutex(State())

    private struct State {
        var new: [Trace] = []
        var isRunning = false
        var isClosed = false
    }

    init(root: String) { self.root = root }

    deinit { if bell >= 0 { Glibc.close(bell) } }

    func add(_ listener: Int32, program: String) -> Trace {
        let trace = Trace(listener, root: root, program: program) { [weak self] in self?.wake() }
        let begins = state.withLock { state in
            defer { state.isRunning = true }
            state.new.append(trace)
            return !state.isRunning
        }
        if begins { DispatchQueue(label: "trace").async { @Sendable [self] in run() } }
        wake()
        return trace
    }

    /// Ends the thread once the last trace is over: a process whose descriptor is closed can open nothing any more.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(bell, &one, MemoryLayout<UInt64>.size)
    }

    private func run() {
        var traces: [Trace] = []
        var isClosed = false
        defer {
            state.withLock { $0.isRunning = false }
            for trace in traces { Glibc.close(trace.listener) }
        }
        var interests = interests(in: traces)
        while !isClosed || !traces.isEmpty {
            if poll(&interests, nfds_t(interests.count), -1) < 0 {
                guard errno == EINTR else { return }
                continue
            }
            // Before the bell is heard: what ends meanwhile rings it again.
            for (trace, interest) in zip(traces, interests.dropFirst())
            where interest.revents & Int16(POLLIN) != 0 { trace.serve() }
            let isOver = zip(traces, interests.dropFirst()).map { trace, interest in
                // Nobody is left who could be traced.
                trace.isOver || interest.revents & Int16(POLLIN | POLLHUP) == Int16(POLLHUP)
            }
            let isRung = interests[0].revents != 0
            guard isRung || isOver.contains(true) else { continue }
            for (trace, isOver) in zip(traces, isOver) where isOver { Glibc.close(trace.listener) }
            traces = zip(traces, isOver).filter { !$1 }.map(\.0)
            if isRung { isClosed = hear(&traces) }
            interests = self.interests(in: traces)
        }
    }

    private func interests(in traces: [Trace]) -> [pollfd] {
        ([bell] + traces.map(\.listener)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
    }

    /// Takes the traces that were added.
    ///
    /// - Returns: whether no more will be.
    private func hear(_ traces: inout [Trace]) -> Bool {
        var rings: UInt64 = 0
        _ = read(bell, &rings, MemoryLayout<UInt64>.size)
        return state.withLock { state in
            traces += state.new
            state.new = []
            return state.isClosed
        }
    }
}
