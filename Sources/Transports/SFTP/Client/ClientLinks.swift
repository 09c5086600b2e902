/// Symbolic links on a server.
extension SFTPClient {
    /// The text of a link.
    package func readLink(_ path: RemotePath) throws(SFTPError) -> String {
        var target: String?
        try ask([.readLink(path)], "read the link", Self.never) { _, reply in
            guard case .names(let names) = reply, names.count == 1 else { return false }
            target = String(decoding: names[0].bytes, as: UTF8.self)
            return true
        }
        guard let target else { throw .protocolViolation("a link has no target") }
        return target
    }

    /// Makes a link; nothing has its name.
    package func symbolicLink(
        to target: RemotePath, at path: RemotePath
    ) throws(SFTPError) {
        try ask([.symbolicLink(path, to: target)], "make the link", Self.never) { _, reply in
            if case .status(.ok, _) = reply { return true }
            return false
        }
    }
}
