import Posix
import Testing

enum Await {
    /// Asks until it is so; the test fails after a while.
    static func that(_ holds: () throws -> Bool) throws {
        for _ in 0..<600 {
            if try holds() { return }
            _ = try Poll.wait([], timeoutMs: 50)
        }
        Issue.record("it did not happen")
    }
}
