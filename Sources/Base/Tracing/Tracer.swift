import CPosix
import Dispatch
import Glibc
package import Processes
import Synchronization

/// Answers traced processes on a thread of its own, and notes which files below a folder they open.
///
/// A traced process waits at each call until it is answered: it is, until its trace has ended, also after the tracer is
/// dropped.
package final class Tracer: Sendable {
    private let loop: TraceLoop

    /// - Parameter root: absolute, without links.
    package init(root: String) { loop = TraceLoop(root: root) }

    deinit { loop.close() }

    /// Starts a command and traces it and all that it starts.
    ///
    /// - Returns: a trace; nil where the system does not allow it, and the process runs without.
    package func start(
        _ command: ProcessCommand, standardInput: ChildProcess.Redirection,
        standardOutput: ChildProcess.Redirection, standardError: ChildProcess.Redirection
    ) throws(ProcessError) -> (ChildProcess, Trace?) {
        var trace: Trace?
        let process = try ChildProcess(
            command, standardInput: standardInput, standardOutput: standardOutput,
            standardError: standardError,
            tracing: { [loop] listener, program in
                trace = loop.add(listener, program: program)
            })
        return (process, trace)
    }

    /// Why processes are not traced on this machine; nil where they are. Starts a process to find out.
    package static func problem() -> String? {
        do {
            let tracer = Tracer(root: "/")
            let (process, trace) = try tracer.start(
                ProcessCommand(["/bin/sh", "-c", "read line < /etc/passwd"]), standardInput: .null,
                standardOutput: .null, standardError: .null)
            _ = process.wait()
            guard let trace else { return "the system does not allow it (seccomp_unotify(2))" }
            guard trace.finish().contains("etc/passwd") else {
                return "the memory of other processes cannot be read (process_vm_readv(2))"
            }
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// What one command and all that it started have opened.
package final class Trace: Sendable {
    let listener: Int32
    private let root: String
    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    private struct State {
        var read: Set<String> = []
        var written: Set<String> = []
        var isOver = false
    }

    init(_ listener: Int32, root: String, program: String, wake: @escaping @Sendable () -> Void) {
        self.listener = listener
        self.root = root.hasSuffix("/") ? root : root + "/"
        self.wake = wake
        // The first program starts before anything is reported of it.
        let path = program.hasPrefix("/") ? program : self.root + program
        if path.hasPrefix(self.root) { state.withLock { _ = $0.read.insert(path) } }
    }

    /// Ends the trace, after the end of the command.
    ///
    /// - Returns: the files below the root that were opened to be read, or started, and never to be written; relative to
    ///   it and sorted. Names that are not UTF-8 are left out.
    package func finish() -> [String] {
        defer { wake() }
        return state.withLock { state in
            state.isOver = true
            return state.read.subtracting(state.written).map { String($0.dropFirst(root.count)) }
                .sorted()
        }
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Answers one call. What it was is noted before `finish` can ask.
    func serve() {
        state.withLock { state in
            guard !state.isOver else { return }
            var opened = cposix_opened()
            let length = root.utf8.count > 1 ? root.utf8.count - 1 : 1
            guard cposix_trace_receive(listener, root, length, &opened) == 0 else { return }
            _ = cposix_trace_answer(listener, &opened)
            guard opened.kind != Int32(cposix_opened_nothing) else { return }
            let path = withUnsafeBytes(of: &opened.path) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let path else { return }
            if opened.kind == Int32(cposix_opened_read) {
                state.read.insert(path)
            } else {
                state.written.insert(path)
            }
        }
    }
}
