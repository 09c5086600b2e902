import Posix
import Processes

/// A long-lived child that runs one unit after the other.
final class Worker {
    let process: ChildProcess
    /// When it was started: code that changed later is not what it runs.
    let startedNs: Int64
    private var lines = LineSplitter(limit: 64 << 20)
    private var pending: [String] = []

    init(_ command: ProcessCommand, log: String) throws {
        startedNs = Timestamp.now().nanoseconds
        process = try ChildProcess(
            command, standardInput: .pipe, standardOutput: .pipe,
            standardError: .file(log, append: true))
    }

    /// Readable when the worker has written something or has ended.
    var descriptor: Int32 { process.standardOutput ?? -1 }

    /// Whether all that the worker has written is UTF-8.
    var isUTF8: Bool { lines.isUTF8 }

    func send(_ request: [UInt8]) throws(PosixError) {
        try Descriptors.write(request, to: process.standardInput ?? -1, path: "worker")
    }

    /// Takes what the worker has written; nil when it will write no more.
    func receive() throws(PosixError) -> [String]? {
        let bytes = try Descriptors.read(descriptor, upTo: 1 << 16)
        return bytes.isEmpty ? nil : lines.add(bytes)
    }
}
