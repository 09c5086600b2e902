import Posix
import Testing

/// A test's turn at the engine, until it is dropped; also among several runs of the tests.
///
/// A build from `scratch` looks at all images for one to start from, and Docker 20.10 fails it ("unable
/// to find image") when one of them is removed meanwhile: tests that build and remove go one by one.
final class EngineTurn: Sendable {
    private let lock: FileLock

    init() throws {
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        let path = "\(folder)/pipeline-test-engine.lock"
        guard let lock = try FileLock.acquire(path, while: { true }) else {
            throw PosixError(call: "flock", path: path, code: 11)
        }
        self.lock = lock
    }
}
