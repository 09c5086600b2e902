import Dispatch
import Posix

/// Threads that work beside the caller's. Work with the same key is done in its order.
final class WorkLanes: Sendable {
    private let queues: [DispatchQueue]
    private let room: DispatchSemaphore
    private let roomInAll: Int

    /// - Parameter room: the weight of work that may wait or be under way.
    init(count: Int = Host.processorCount, room: Int) {
        queues = (0..<max(1, count)).map { DispatchQueue(label: "lane-\($0)") }
        self.room = DispatchSemaphore(value: room)
        roomInAll = room
    }

    /// Waits while there is no room. Called by one thread.
    func run(_ key: Int, weight: Int = 1, _ work: @escaping @Sendable () -> Void) {
        let weight = min(max(1, weight), roomInAll)
        for _ in 0..<weight { room.wait() }
        queues[key % queues.count].async { [room] in
            work()
            for _ in 0..<weight { room.signal() }
        }
    }

    /// Waits for all work.
    func wait() {
        for queue in queues { queue.sync {} }
    }
}
