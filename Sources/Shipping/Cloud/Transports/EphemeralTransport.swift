import Slots

/// A way to the data that is there only while it is needed, and costs meanwhile.
protocol EphemeralTransport {
    /// A folder below the environment's root; empty for the root itself.
    func route(_ folder: String) -> any Transport
    /// Whether somebody else has taken it away.
    func isGone() -> Bool
    /// Takes away what costs. Safe to call again.
    func close() throws
}

extension EphemeralTransport {
    func isGone() -> Bool { false }
}
