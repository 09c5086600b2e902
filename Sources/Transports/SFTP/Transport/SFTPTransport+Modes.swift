import SFTP
import Slots

/// What a site needs to enter a slot: it may run as another user than the one who logs in at the server,
/// whose umask may leave nothing to others.
extension SFTPTransport {
    private static func needed(_ kind: FileAttributes.Kind?) -> UInt32? {
        switch kind {
        case .folder: 0o055
        case .file: 0o044
        default: nil
        }
    }

    private static func isClosed(_ attributes: FileAttributes) -> Bool {
        guard let mode = attributes.permissions, let needed = needed(attributes.kind) else {
            return false
        }
        return mode & needed != needed
    }

    /// Remembers what others could not read.
    func noteMode(of place: RemotePath, _ attributes: FileAttributes) {
        if Self.isClosed(attributes) { closed[place] = attributes }
    }

    /// Asks for the modes of what was made, on the journey of what comes next.
    func attachModes(of places: [RemotePath]) {
        client.attachStatus(of: places) { [weak self] number, attributes in
            if let attributes { self?.noteMode(of: places[number], attributes) }
        }
    }

    /// Sets the modes of what others cannot read, and looks: some servers say yes and do nothing.
    func openModes() throws(TransportError) {
        guard !closed.isEmpty else { return }
        let closed = closed.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
        self.closed = [:]
        let found = try ask { () throws(SFTPError) in
            try client.setPermissions(
                closed.map { ($0.key, $0.value.kind == .folder ? 0o755 : 0o644) })
            return try client.status(of: closed.map(\.key))
        }
        for ((place, _), attributes) in zip(closed, found) {
            guard let attributes, Self.isClosed(attributes), let mode = attributes.permissions
            else {
                continue
            }
            throw translate(.modeKept(path: "\(place)", mode: mode & 0o7777))
        }
    }
}
