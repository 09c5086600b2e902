import Dispatch
import Rclone
import Slots
import Synchronization
import Testing

/// A name that one writer alone can make, where a storage can only list, read, write and remove.
struct ExclusiveNameTests {
    /// A storage whose operations are each done at once. A test chooses who is next.
    private final class Memory: Sendable {
        private let files = Mutex<[String: [UInt8]]>([:])

        func storage(_ step: @escaping () -> Void) -> ExclusiveName.Storage {
            ExclusiveName.Storage(
                read: { () throws(TransportError) in
                    step()
                    return self.files.withLock { $0["name"] }
                },
                write: { (bytes) throws(TransportError) in
                    step()
                    self.files.withLock { $0["name"] = bytes }
                },
                claims: { () throws(TransportError) in
                    step()
                    return self.files.withLock { Set($0.keys.filter { $0 != "name" }) }
                },
                writeClaim: { (claim) throws(TransportError) in
                    step()
                    self.files.withLock { $0[claim] = [] }
                },
                removeClaim: { (claim) throws(TransportError) in
                    step()
                    self.files.withLock { $0[claim] = nil }
                })
        }

        var content: [UInt8]? { files.withLock { $0["name"] } }
        var count: Int { files.withLock { $0.count } }
        func leave(_ claim: String) { files.withLock { $0[claim] = [] } }
    }

    /// Steps of two writers, in an order that is given by bits; then in any order to the end of both.
    private func race(_ order: UInt64, _ bits: Int) throws -> [Bool?] {
        let memory = Memory()
        let writers = (0..<2).map { Stepped(UInt8($0), memory) }
        for writer in writers { writer.start() }
        for bit in 0..<bits { writers[Int(order >> UInt64(bit) & 1)].step() }
        while writers.contains(where: { !$0.isDone }) { writers.randomElement()?.step() }
        let results = writers.map(\.result)
        let winner = results.firstIndex(of: true)
        if let winner { #expect(memory.content == [UInt8(winner)], "order \(order)") }
        #expect(memory.count == 1, "no claim is left, order \(order)")
        return results
    }

    /// A writer on a thread of its own that does one operation at a time.
    private final class Stepped: Sendable {
        private let number: UInt8
        private let memory: Memory
        private let go = DispatchSemaphore(value: 0)
        private let waits = DispatchSemaphore(value: 0)
        private let outcome = Mutex<(result: Bool?, isDone: Bool)>((nil, false))

        init(_ number: UInt8, _ memory: Memory) { (self.number, self.memory) = (number, memory) }

        var isDone: Bool { outcome.withLock { $0.isDone } }
        var result: Bool? { outcome.withLock { $0.result } }

        func start() {
            DispatchQueue(label: "writer").async { @Sendable [self] in
                let storage = memory.storage { [self] in
                    waits.signal()
                    go.wait()
                }
                let name = ExclusiveName(
                    storage, clock: .init(steady: { 0 }, wait: { _ in true }))
                // try?: nil is a failure, which the test sees
                let made = try? name.make([number])
                outcome.withLock { $0 = (made, true) }
                waits.signal()
            }
            waits.wait()
        }

        func step() {
            guard !isDone else { return }
            go.signal()
            waits.wait()
        }
    }

    @Test("of two writers one makes the name, in whatever order their steps are done")
    func everyOrder() throws {
        let bits = 10
        for order in 0..<(UInt64(1) << UInt64(bits)) {
            let results = try race(order, bits)
            #expect(results.filter { $0 == true }.count == 1, "order \(order): \(results)")
            #expect(results.filter { $0 == false }.count == 1, "order \(order): \(results)")
        }
    }

    @Test("a claim that a kill has left holds the name for a while, and is removed")
    func leftBehind() throws {
        let memory = Memory()
        memory.leave("dead")
        let now = Mutex<Int64>(0)
        let clock = ExclusiveName.Clock(
            steady: { now.withLock { $0 } },
            wait: { milliseconds in
                now.withLock { $0 += Int64(milliseconds) * 1_000_000 }
                return true
            })
        #expect(try ExclusiveName(memory.storage {}, clock: clock).make([1]))
        #expect(now.withLock { $0 } >= ExclusiveName.lifetimeNs)
        #expect(memory.content == [1] && memory.count == 1)
        #expect(try !ExclusiveName(memory.storage {}, clock: clock).make([2]))
    }

    @Test(
        "a writer that took too long to go on begins again, and one whose claim was removed reports it"
    )
    func slow() throws {
        let memory = Memory()
        let now = Mutex<Int64>(0)
        let steps = Mutex<Int>(0)
        let clock = ExclusiveName.Clock(
            steady: { now.withLock { $0 } }, wait: { _ in true })
        let storage = memory.storage {
            // Asleep between its claim and its look.
            if steps.withLock({ count in
                count += 1
                return count == 3
            }) {
                now.withLock { $0 += 60_000_000_000 }
            }
        }
        #expect(try ExclusiveName(storage, clock: clock).make([1]))
        #expect(steps.withLock { $0 } > 8, "it has claimed the name twice")
        let other = Memory()
        var taken = other.storage {}
        taken.write = { (bytes) throws(TransportError) in
            try other.storage {}.write(bytes)
            for claim in try other.storage({}).claims() {
                try other.storage({}).removeClaim(claim)
            }
        }
        #expect(throws: TransportError.self) { try ExclusiveName(taken, clock: clock).make([1]) }
    }
}
