import Posix

/// Reads one stream of a child: keeps its first bytes, reports its lines.
struct StreamCollector {
    private(set) var bytes: [UInt8] = []
    private(set) var wasCut = false
    /// Nil once the stream has ended.
    private(set) var descriptor: Int32?
    private let limit: Int
    private let onLine: ((String) -> Void)?
    private var splitter = LineSplitter()

    init(_ descriptor: Int32?, limit: Int, onLine: ((String) -> Void)?) {
        self.descriptor = descriptor
        self.limit = limit
        self.onLine = onLine
    }

    /// Takes what is there; the number of bytes, 0 when there is nothing now or any more.
    @discardableResult
    mutating func read() throws(PosixError) -> Int {
        guard let descriptor else { return 0 }
        let part: [UInt8]
        do {
            part = try Descriptors.read(descriptor, upTo: 65_536)
        } catch  where error.isWouldBlock {
            return 0
        }
        if part.isEmpty { self.descriptor = nil }
        let kept = part.prefix(limit - bytes.count)
        bytes += kept
        wasCut = wasCut || kept.count < part.count
        if let onLine { splitter.add(part).forEach(onLine) }
        return part.count
    }

    /// Takes what is in the pipe, and no more than a pipe can hold: another process may go on writing.
    mutating func drain() throws(PosixError) {
        var left = 1 << 20
        while left > 0, descriptor != nil {
            let count = try read()
            if count == 0 { break }
            left -= count
        }
        if let onLine, let line = splitter.finish() { onLine(line) }
    }
}
