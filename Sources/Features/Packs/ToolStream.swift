import Posix
import Processes

/// A program whose output is taken piece by piece, however much it is.
struct ToolStream {
    let command: ProcessCommand
    let tool: String
    let cancel: Cancellation?

    /// Calls `body` with each piece of standard output until it answers false, which ends the program, or
    /// the output ends; then a bad exit is an error.
    func run(_ body: ([UInt8]) throws(PackError) -> Bool) throws(PackError) {
        let child: ChildProcess
        do {
            child = try ChildProcess(command, standardOutput: .pipe, standardError: .pipe)
        } catch {
            throw PackError(error, tool: tool, package: SquashfsTools.package)
        }
        var complaint: [UInt8] = []
        do {
            guard try pump(child, &complaint, body) else {
                child.terminate(grace: 0)
                return
            }
        } catch {
            child.terminate(grace: 0)
            throw error
        }
        let exit = child.wait()
        guard exit.isSuccess else {
            throw .toolFailed(tool: tool, detail: Self.detail(complaint, exit))
        }
    }

    /// What a program said last, on one line.
    static func detail(_ complaint: [UInt8], _ exit: ProcessExit) -> String {
        let text = String(decoding: complaint, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.isEmpty ? "\(exit)" : lines.suffix(3).joined(separator: "; ")
    }

    /// False when the body did not want more.
    private func pump(
        _ child: ChildProcess, _ complaint: inout [UInt8],
        _ body: ([UInt8]) throws(PackError) -> Bool
    ) throws(PackError) -> Bool {
        var streams = [child.standardOutput ?? -1, child.standardError ?? -1]
        while streams[0] >= 0 || streams[1] >= 0 {
            let waited =
                streams.map { ($0, Poll.Events.readable) }
                + [(cancel?.descriptor ?? -1, Poll.Events.readable)]
            let ready = try PackError.from { () throws(PosixError) in try Poll.wait(waited) }
            if cancel?.isCancelled == true { throw .interrupted }
            for stream in ready where stream < 2 {
                let bytes = try PackError.from { () throws(PosixError) in
                    try Descriptors.read(streams[stream], upTo: 1 << 18)
                }
                if bytes.isEmpty {
                    streams[stream] = -1
                } else if stream == 1 {
                    complaint += bytes.prefix((1 << 16) - complaint.count)
                } else if try !body(bytes) {
                    return false
                }
            }
        }
        return true
    }
}
