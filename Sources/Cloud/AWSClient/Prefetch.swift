import Dispatch
import Synchronization

/// A question that is being asked while other work goes on: each costs the start of a program, and
/// independent ones need not wait for each other.
package final class Prefetch<Answer: Sendable>: Sendable {
    private let result = Mutex<Result<Answer, any Error>?>(nil)
    private let group = DispatchGroup()

    package init(_ ask: @escaping @Sendable () throws -> Answer) {
        group.enter()
        DispatchQueue.global().async { [self] in
            let answer = Result { try ask() }
            result.withLock { $0 = answer }
            group.leave()
        }
    }

    /// Waits for the answer.
    package func get() throws -> Answer {
        group.wait()
        guard let answer = result.withLock({ $0 }) else { throw AWSError.interrupted }
        return try answer.get()
    }
}
