import Dispatch
package import Processes
import Synchronization

extension AWSClient {
    /// Asks independent questions side by side: each costs the start of a program.
    ///
    /// - Returns: the answers in the order of the questions.
    package func runAll(
        _ calls: [AWSCall], cancel: Cancellation? = nil
    ) -> [Result<[UInt8], AWSError>] {
        let answers = calls.map { _ in Shelf() }
        DispatchQueue.concurrentPerform(iterations: calls.count) { index in
            let result: Result<[UInt8], AWSError>
            do throws(AWSError) {
                result = .success(try run(calls[index], cancel: cancel))
            } catch { result = .failure(error) }
            answers[index].result.withLock { $0 = result }
        }
        return answers.map { $0.result.withLock { $0 } }
    }

    private final class Shelf: Sendable {
        let result = Mutex<Result<[UInt8], AWSError>>(.failure(.interrupted))
    }
}
