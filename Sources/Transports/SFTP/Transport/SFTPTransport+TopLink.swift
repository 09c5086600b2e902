import SFTP
package import Slots

extension SFTPTransport: LinkingTransport {
    package func topLink(_ name: String) throws(TransportError) -> TopLink {
        let place = root.appending(name)
        let found = try ask { () throws(SFTPError) in try client.status(of: [place])[0] }
        guard let found else { return .absent }
        guard found.kind == .link else { return .other(Self.kind(found)) }
        return .link(try ask { () throws(SFTPError) in try client.readLink(place) })
    }

    package func replaceTopLink(
        _ name: String, with target: String
    ) throws(TransportError) {
        guard try features().replacesAtOnce else {
            throw .failed(
                "the server does not replace a name in one step (posix-rename@openssh.com), so that "
                    + "\"\(name)\" would be missing for a moment")
        }
        let (place, staged) = (root.appending(name), root.appending(SlotNames.stagedLink(name)))
        try ask { () throws(SFTPError) in
            // Ours: a name that is kept for this tool, left by a switch that was killed.
            try client.remove([staged])
            try client.symbolicLink(to: RemotePath(target), at: staged)
            try client.rename(staged, to: place, removing: [])
        }
    }

    package func removeTopLink(_ name: String) throws(TransportError) {
        let place = root.appending(name)
        // Ours: the caller has read that it leads where this tool has made it lead.
        try ask { () throws(SFTPError) in try client.remove([place]) }
    }
}
