import Docker
import Posix
import Testing

/// The parts that tests of a real engine need, handed over by the script that runs the tests.
enum TestEngine {
    static let isOffered = Environment.value("PIPELINE_TEST_ENGINE") == "1"
    static let registry = Environment.value("PIPELINE_TEST_REGISTRY")

    static let engineHint: Comment = "needs a Docker engine: set PIPELINE_TEST_ENGINE=1"
    static let registryHint: Comment =
        "needs a Docker engine and a registry: set PIPELINE_TEST_ENGINE=1, PIPELINE_TEST_REGISTRY=HOST:PORT"

    /// A name that no other run of the tests uses.
    static func name(_ suffix: String) -> String {
        "pipeline-test-\(Host.processID)-\(MonotonicClock.nanoseconds())-\(suffix)"
    }
}
