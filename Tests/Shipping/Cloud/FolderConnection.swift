import DirectoryTransports
import Slots
import TransportProviders

/// A connection that is made for a command, to a folder here.
final class FolderConnection: TransportConnection {
    private let root: String
    private(set) var closings = 0
    var failure: (any Error)?
    var isClosed: Bool { closings > 0 }

    init(_ root: String) { self.root = root }

    func transport(_ folder: String) -> any Transport {
        DirectoryTransport(root: folder.isEmpty ? root : "\(root)/\(folder)")
    }

    func close() throws {
        closings += 1
        if let failure { throw failure }
    }
}
