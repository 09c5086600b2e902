import Posix
package import Slots

extension DirectoryTransport: LinkingTransport {
    package func topLink(_ name: String) throws(TransportError) -> TopLink {
        guard let top = try top(), let status = try status(name, in: top) else { return .absent }
        guard status.kind == .symbolicLink else { return .other(Self.kind(status)) }
        return .link(try system { () throws(PosixError) in try top.readLink(name) })
    }

    package func replaceTopLink(
        _ name: String, with target: String
    ) throws(TransportError) {
        guard let top = try top() else {
            throw .system(PosixError(call: "symlink", path: root, code: PosixError.missing))
        }
        let staged = SlotNames.stagedLink(name)
        try system { () throws(PosixError) in
            // Ours: a name that is kept for this tool, left by a switch that was killed.
            try top.remove(staged)
            try top.symbolicLink(to: target, staged)
            try top.rename(staged, to: top, name)
            try top.synchronize()
        }
    }

    package func removeTopLink(_ name: String) throws(TransportError) {
        guard let top = try top() else { return }
        try system { () throws(PosixError) in
            // Ours: the caller has read that it leads where this tool has made it lead.
            try top.remove(name)
            try top.synchronize()
        }
    }
}
