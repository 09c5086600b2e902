import Synchronization
import Testing

@testable import Archive

/// Work beside the thread that receives.
struct WorkLanesTests {
    @Test("work of one key is done in its order, however much of it there is")
    func ordered() {
        let done = Mutex<[Int: [Int]]>([:])
        let lanes = WorkLanes(count: 2, room: 3)
        for number in 0..<300 {
            // Some weigh nothing, and some more than there is room for.
            lanes.run(number % 4, weight: number % 6) {
                done.withLock { $0[number % 4, default: []].append(number) }
            }
        }
        lanes.wait()
        for key in 0..<4 {
            let expected = Array(stride(from: key, to: 300, by: 4))
            #expect(done.withLock { $0[key] } == expected)
        }
    }
}
