import Posix
import Processes

/// What is read from a descriptor.
final class DescriptorSource: ByteSource {
    private let descriptor: Int32
    private let cancel: Cancellation?

    init(_ descriptor: Int32, _ cancel: Cancellation?) {
        self.descriptor = descriptor
        self.cancel = cancel
    }

    func next(_ limit: Int) throws -> [UInt8] {
        if let cancel {
            // What writes to the descriptor may hang.
            _ = try Poll.wait(
                [(descriptor, .readable), (cancel.descriptor, .readable)], timeoutMs: nil)
            if cancel.isCancelled { throw ProcessError.interrupted }
        }
        return try Descriptors.read(descriptor, upTo: limit)
    }
}

/// What is in memory.
final class BytesSource: ByteSource {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func next(_ limit: Int) -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

/// A source whose start was looked at.
final class PeekingSource: ByteSource {
    private let source: any ByteSource
    private var head: [UInt8] = []

    init(_ source: any ByteSource) { self.source = source }

    /// The first bytes, fewer only where there are no more.
    func peek(_ count: Int) throws -> [UInt8] {
        while head.count < count {
            let chunk = try source.next(count - head.count)
            if chunk.isEmpty { break }
            head += chunk
        }
        return head
    }

    func next(_ limit: Int) throws -> [UInt8] {
        guard head.isEmpty else {
            defer { head = [] }
            return head
        }
        return try source.next(limit)
    }
}
