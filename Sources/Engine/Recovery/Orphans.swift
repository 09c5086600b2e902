import Posix
import Processes

/// Processes that a killed run left behind.
///
/// Every worker and command carries the project's mark in its environment, which its own children
/// inherit: so they are found without having been recorded, whatever became of their parents.
package enum Orphans {
    package static let variable = "PIPELINE_UNITS_OF"

    package static func mark(root: String) -> String { root }

    /// Ends all that carry the project's mark: only for the holder of the run lock, before it starts
    /// anything. TERM, a grace of two seconds, KILL.
    ///
    /// - Returns: how many there were.
    package static func end(root: String) -> Int {
        end(root: root, grace: 2)
    }

    /// As `end`, with KILL alone.
    package static func endAtOnce(root: String) { _ = end(root: root, grace: 0) }

    private static func end(root: String, grace: Double) -> Int {
        let found = Host.processes(withEnvironment: "\(variable)=\(mark(root: root))")
        guard !found.isEmpty else { return 0 }
        StrayProcesses.terminate(found, grace: grace)
        return found.count
    }
}
