package import Slots

/// The connection to the place of an environment, for the length of a command.
package protocol TransportConnection: AnyObject {
    /// The transport of a folder below the root; of the root itself for an empty name. A new one at each call: it is used by one
    /// thread, and of no use after `Transport.move(to:)`.
    func transport(_ folder: String) -> any Transport

    /// The markers of several folders, asked at once; nil where nothing is gained by that.
    func markers(of folders: [String]) throws -> [OwnFile<SlotMarker>]?

    /// Keeps for later commands what was found out about the other end, and reports it.
    func keepFindings(_ note: (String) -> Void)

    /// Whether somebody else has removed what it goes through.
    func isGone() -> Bool

    /// Removes what was made for it and is billed. Safe to call again.
    func close() throws
}

extension TransportConnection {
    package func markers(of folders: [String]) throws -> [OwnFile<SlotMarker>]? { nil }
    package func keepFindings(_ note: (String) -> Void) {}
    package func isGone() -> Bool { false }
    package func close() throws {}
}
