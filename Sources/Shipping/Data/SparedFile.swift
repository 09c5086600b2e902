import PipelineEngine

/// What lies where a unit that left the definition once wrote, and is somebody's own.
package struct SparedFile: Sendable, Hashable {
    package let path: String
    package let unit: String
    /// Why it stays, in lower case: `its content is not what the unit made`.
    package let reason: String

    init(_ output: StaleOutput, _ reason: StaleOutput.Reason) {
        path = output.path
        unit = output.unit
        self.reason = reason.text
    }
}
