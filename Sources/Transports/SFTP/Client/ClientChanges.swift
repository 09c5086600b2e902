/// Names that a client changes on the server.
extension SFTPClient {
    /// Gives a small file its name, and then removes others; they may be missing.
    package func rename(
        _ path: RemotePath, to name: RemotePath, removing: [RemotePath]
    ) throws(SFTPError) {
        guard try capabilities().canReplace else {
            try renameAll([(path, name)])
            return try remove(removing)
        }
        // In one journey: a server works in the order of requests. Were it not so, the next filling would
        // find less to go on with, and nothing else.
        let requests = [Request.replace(name, by: path)] + removing.map { Request.remove($0) }
        try ask(requests, "rename", Self.never) { number, reply in
            guard case .status(let code, _) = reply else { return false }
            return code == .ok || (number > 0 && code == .noSuchFile)
        }
    }

    /// Removes files; they may be missing.
    package func remove(
        _ paths: [RemotePath], isInterrupted: Interruption = { false }
    ) throws(SFTPError) {
        try ask(paths.map { .remove($0) }, "remove", isInterrupted) { _, reply in
            if case .status(let code, _) = reply { return code == .ok || code == .noSuchFile }
            return false
        }
    }

    /// Makes folders, each after the one that holds it. Those that exist stay; what else has the name is
    /// found by the one who uses them.
    package func makeFolders(
        _ paths: [RemotePath], isInterrupted: Interruption = { false }
    ) throws(SFTPError) {
        guard !paths.isEmpty else { return }
        var refused: [(Int, Reply)] = []
        let requests = paths.map { Request.makeFolder($0) }
        var isGiven = false
        try run(
            { () throws(SFTPError) in
                defer { isGiven = true }
                if isGiven { return nil }
                refused = []
                return SequenceJob(requests) { number, reply in
                    // FAILURE is what a server says when it exists; so it is looked at.
                    if case .status(.ok, _) = reply { return nil }
                    refused.append((number, reply))
                    return nil
                }
            }, isInterrupted)
        guard !refused.isEmpty else { return }
        let found = try status(of: refused.map { paths[$0.0] }, isInterrupted: isInterrupted)
        for ((number, reply), attributes) in zip(refused, found) where attributes?.kind != .folder {
            guard case .status(let code, let message) = reply else { continue }
            throw .refused(
                operation: "make the folder", path: "\(paths[number])", code, message: message)
        }
    }

    /// Sets modes; whether that was done is seen by looking.
    package func setPermissions(
        _ places: [(path: RemotePath, mode: UInt32)]
    ) throws(SFTPError) {
        let requests = places.map {
            Request.setStatus($0.path, FileAttributes(permissions: $0.mode))
        }
        try ask(requests, "set the mode of", Self.never) { _, reply in
            if case .status = reply { true } else { false }
        }
    }

    /// Removes folders that are empty; others stay. In the order given, if the server keeps it.
    package func removeEmptyFolders(
        _ paths: [RemotePath], isInterrupted: Interruption = { false }
    ) throws(SFTPError) {
        try ask(paths.map { .removeFolder($0) }, "remove the folder", isInterrupted) { _, _ in true
        }
    }

    /// Gives files a second name; true for each for which that worked.
    package func hardLink(
        _ pairs: [(from: RemotePath, to: RemotePath)], isInterrupted: Interruption
    ) throws(SFTPError) -> [Bool] {
        var done = [Bool](repeating: false, count: pairs.count)
        try ask(pairs.map { .hardLink($0.from, at: $0.to) }, "link", isInterrupted) {
            number, reply in
            if case .status(.ok, _) = reply { done[number] = true }
            return true
        }
        return done
    }

    /// Gives a file or folder a name that nothing has. A lost connection may leave it open whether that
    /// was done; then the old name is gone and the new one is there.
    package func move(_ path: RemotePath, to name: RemotePath) throws(SFTPError) {
        do throws(SFTPError) {
            try ask([.rename(path, to: name)], "rename", Self.never) { _, reply in
                if case .status(.ok, _) = reply { return true }
                return false
            }
        } catch {
            let found = try status(of: [path, name])
            if found[0] != nil || found[1] == nil { throw error }
        }
    }

    /// Renames, replacing what has the new names.
    package func renameAll(
        _ pairs: [(from: RemotePath, to: RemotePath)], isInterrupted: Interruption = { false }
    ) throws(SFTPError) {
        guard !pairs.isEmpty else { return }
        let canReplace = try capabilities(isInterrupted: isInterrupted).canReplace
        if !canReplace { try remove(pairs.map(\.to), isInterrupted: isInterrupted) }
        let requests: [Request] = pairs.map {
            canReplace ? .replace($0.to, by: $0.from) : .rename($0.from, to: $0.to)
        }
        try ask(requests, "rename", isInterrupted) { _, reply in
            if case .status(.ok, _) = reply { return true }
            return false
        }
    }
}
