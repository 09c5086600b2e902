import CPosix
import Glibc

/// The loop that moves the bytes.
final class WireProxy {
    private final class Connection {
        let up: WireDirection
        let down: WireDirection

        init(_ client: Int32, _ server: Int32, delay: Int64) {
            up = WireDirection(from: client, to: server, delay: delay)
            down = WireDirection(from: server, to: client, delay: delay)
        }
    }

    private let settings: WireSettings
    private let listener: Int32
    private var connections: [Connection] = []
    private var past: (up: Int64, down: Int64) = (0, 0)

    init(_ settings: WireSettings) throws {
        self.settings = settings
        listener = try WireSocket.listening(settings.listen)
        signal(SIGPIPE, SIG_IGN)
    }

    var port: UInt16 { WireSocket.port(of: listener) }

    /// Runs until the standard input ends.
    func run() throws {
        while true {
            let now = Self.now()
            var interests = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
            ]
            var next = Int64.max
            for connection in connections {
                for direction in [connection.up, connection.down] {
                    let isDue = direction.due.map { $0 <= now } ?? false
                    if let due = direction.due, !isDue { next = min(next, due) }
                    interests.append(
                        pollfd(
                            fd: direction.wantsInput ? direction.input : -1,
                            events: Int16(POLLIN), revents: 0))
                    interests.append(
                        pollfd(
                            fd: isDue ? direction.output : -1, events: Int16(POLLOUT), revents: 0))
                }
            }
            wait(&interests, until: next, now)
            if interests[1].revents != 0, inputHasEnded() {
                count()
                return
            }
            if interests[0].revents != 0 { accept() }
            move()
        }
    }

    private func inputHasEnded() -> Bool {
        var byte: UInt8 = 0
        return read(0, &byte, 1) <= 0
    }

    private func wait(_ interests: inout [pollfd], until next: Int64, _ now: Int64) {
        let left = next == .max ? 1_000_000_000 : max(0, next - now)
        _ = cposix_poll(&interests, interests.count, left)
    }

    private func accept() {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        guard let server = WireSocket.connected(settings.target) else {
            close(client)
            return
        }
        WireSocket.prepare(client)
        WireSocket.prepare(server)
        connections.append(Connection(client, server, delay: settings.delay))
    }

    private func move() {
        let now = Self.now()
        var changed = false
        for connection in connections {
            let (up, down) = (connection.up, connection.down)
            up.receive(now: now)
            down.receive(now: now)
            if up.total > settings.vanishAfter { up.vanishes = true }
            if up.total > settings.stallAfter { (up.stalls, down.stalls) = (true, true) }
            up.send(now: now)
            down.send(now: now)
            let isBroken = up.total > settings.resetAfter
            guard isBroken || (up.isDone && down.isDone) else { continue }
            changed = true
            past.up += up.total
            past.down += down.total
            for descriptor in [up.input, down.input] {
                if isBroken { WireSocket.reset(descriptor) } else { close(descriptor) }
            }
            connections.removeAll { $0 === connection }
        }
        if changed { count() }
    }

    /// Writes down how much has passed, whenever a connection ends.
    private func count() {
        guard let path = settings.countFile, let file = fopen(path, "w") else { return }
        let open = connections.reduce((0, 0)) { ($0.0 + $1.up.total, $0.1 + $1.down.total) }
        fputs("\(past.up + open.0) \(past.down + open.1)\n", file)
        fclose(file)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
