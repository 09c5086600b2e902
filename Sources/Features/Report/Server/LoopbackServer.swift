package import Posix

/// Pages for browsers of this machine: HTTP/1.1 at 127.0.0.1, GET alone.
///
/// A page of another origin that got a name of its own to point here (DNS rebinding) is turned away: the host that
/// a request names must be this server.
package final class LoopbackServer {
    /// Where it answers, with a slash at the end.
    package var address: String { "http://127.0.0.1:\(port)/" }

    package let port: UInt16
    private let listener: Int32
    private var connections: [Connection] = []
    private let answer: (WebRequest) -> WebAnswer

    /// How many connections there may be at once: a browser opens six.
    private static let limit = 64

    /// - Parameters:
    ///   - port: 0 for one that is free.
    ///   - answer: asked for each GET that is meant for this server.
    package init(
        port: UInt16, answer: @escaping (WebRequest) -> WebAnswer
    ) throws(PosixError) {
        (listener, self.port) = try LoopbackSocket.listen(port: port)
        self.answer = answer
    }

    deinit {
        Descriptors.close(listener)
        for connection in connections { Descriptors.close(connection.descriptor) }
    }

    /// Serves until `stop` is readable.
    package func serve(until stop: Int32) throws(PosixError) {
        while true {
            var interests: [(descriptor: Int32, events: Poll.Events)] = [(stop, .readable)]
            interests.append((connections.count < Self.limit ? listener : -1, .readable))
            interests += connections.map { ($0.descriptor, $0.isAnswering ? .writable : .readable) }
            let patience = connections.isEmpty ? nil : 1000
            let ready = try Poll.wait(interests, timeoutMs: patience)
            if ready.contains(0) { return }
            for position in ready where position >= 2 { connections[position - 2].advance(respond) }
            let now = MonotonicClock.nanoseconds()
            for connection in connections where connection.isOver(at: now) {
                Descriptors.close(connection.descriptor)
            }
            connections.removeAll { $0.isOver(at: now) }
            if ready.contains(1) { try takeConnections() }
        }
    }

    private func takeConnections() throws(PosixError) {
        while connections.count < Self.limit,
            let descriptor = try LoopbackSocket.accept(listener)
        {
            connections.append(Connection(descriptor))
        }
    }

    func respond(_ head: ArraySlice<UInt8>) -> WebAnswer {
        guard let request = WebRequest(head: head) else {
            return WebAnswer(.badRequest, "this is no request of HTTP/1.1")
        }
        guard ["127.0.0.1:\(port)", "localhost:\(port)"].contains(request.host.lowercased()) else {
            return WebAnswer(.misdirected, "this server is \(address), and no other")
        }
        guard request.method == "GET" else {
            return WebAnswer(.notAllowed, "nothing can be changed here: only GET is answered")
        }
        return answer(request)
    }
}
