import Posix
import Processes

/// The process that carries a session, such as ssh, and the bytes on their way to it.
final class SessionPipes {
    private let child: ChildProcess
    private let input: Int32
    let output: Int32
    let diagnostics: Int32
    private var queue: [[UInt8]] = []
    private var head = 0
    private var offset = 0
    private var said: [UInt8] = []
    /// Bytes that the process has taken so far.
    private(set) var bytesSent: Int64 = 0

    // Packets below this size are joined, so that a hundred small requests are one write(2).
    private static let small = 4096

    init(_ command: ProcessCommand) throws(SFTPError) {
        do {
            child = try ChildProcess(
                command, standardInput: .pipe, standardOutput: .pipe, standardError: .pipe)
        } catch {
            throw .noConnection(host: command.arguments.first ?? "", diagnosis: "\(error)")
        }
        guard let input = child.standardInput, let output = child.standardOutput,
            let diagnostics = child.standardError
        else { throw .noConnection(host: command.arguments.first ?? "", diagnosis: "no pipes") }
        self.input = input
        self.output = output
        self.diagnostics = diagnostics
        do {
            for descriptor in [input, output, diagnostics] {
                try Descriptors.setNonBlocking(descriptor)
            }
        } catch { throw .local(error) }
        // A MiB on its way saves most of the changes between this process and ssh; without it, it works.
        Descriptors.enlargePipe(input, to: 1 << 20)
        Descriptors.enlargePipe(output, to: 1 << 20)
    }

    var wantsToSend: Bool { head < queue.count }

    /// What to wait for.
    var interests: [(descriptor: Int32, events: Poll.Events)] {
        [
            (output, .readable), (wantsToSend ? input : -1, .writable), (diagnostics, .readable),
        ]
    }

    func enqueue(_ packet: [UInt8]) {
        if packet.count < Self.small, wantsToSend, let last = queue.indices.last, last > head,
            queue[last].count < 1 << 16
        {
            queue[last] += packet
        } else {
            queue.append(packet)
        }
    }

    /// Sends what the pipe takes.
    func flush() throws(SessionLoss) {
        while wantsToSend {
            let sent: Int
            do {
                sent = try Descriptors.writeSome(queue[head][offset...], to: input)
            } catch {
                throw end("\(error)")
            }
            if sent == 0 { return }
            offset += sent
            bytesSent += Int64(sent)
            if offset == queue[head].count {
                queue[head] = []
                head += 1
                offset = 0
            }
        }
        queue.removeAll(keepingCapacity: true)
        head = 0
    }

    /// What has arrived, empty when nothing has.
    func receive() throws(SessionLoss) -> [UInt8] {
        listen()
        do {
            let bytes = try Descriptors.read(output, upTo: 1 << 18)
            if !bytes.isEmpty { return bytes }
        } catch {
            if error.isWouldBlock { return [] }
            throw SessionLoss(reason: "\(error)", isViolation: false)
        }
        throw end("the connection ended")
    }

    /// Why the process ended, by its own last words: they may come a moment after its output.
    private func end(_ otherwise: String) -> SessionLoss {
        _ = child.wait(timeoutMs: 1000)
        listen()
        return SessionLoss(reason: diagnosis ?? otherwise, isViolation: false)
    }

    /// Keeps the last words of the process: they are the only thing that says why a login failed.
    private func listen() {
        while let bytes = try? Descriptors.read(diagnostics, upTo: 4096),  // try?: it only explains
            !bytes.isEmpty
        {
            said = (said + bytes).suffix(2048)
        }
    }

    private var diagnosis: String? {
        let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.isEmpty ? nil : lines.suffix(3).joined(separator: "; ")
    }

    /// Ends the process, to which nothing is left to say.
    func close() {
        child.closeStandardInput()
        child.terminate(grace: 1)
    }

    /// Ends it at once.
    func kill() { child.terminate(grace: 0) }
}
