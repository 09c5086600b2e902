/// What a client does, in the words of its caller.
extension SFTPClient {
    package typealias Interruption = () -> Bool

    /// For what is over in a moment.
    package static func never() -> Bool { false }

    /// Sends files, many at once. Throws at the first that cannot be sent.
    package func upload(
        _ next: () throws(SFTPError) -> (Upload, UploadEvents)?, isInterrupted: Interruption
    ) throws(SFTPError) {
        try run(
            { () throws(SFTPError) in
                try next().map { upload, events in UploadJob(upload, events) }
            }, isInterrupted)
    }

    /// The names in folders, in the order in which the answers come; nil for a folder that is missing.
    ///
    /// `found` may ask for more folders, which are read as well.
    /// Each comes with about the number of names that are expected in it.
    package func list(
        _ folders: [(path: RemotePath, names: Int)], isInterrupted: Interruption,
        found: @escaping (RemotePath, [RemoteName]?) throws(SFTPError) -> [(RemotePath, Int)]
    ) throws(SFTPError) {
        // The largest first, so that its many answers come while others are asked for.
        var waiting = folders.sorted { $0.names < $1.names }
        try run(
            { () throws(SFTPError) in
                guard let (folder, expecting) = waiting.popLast() else { return nil }
                return ListJob(folder, expecting: expecting) { names in
                    do throws(SFTPError) { waiting += try found(folder, names) } catch {
                        return error
                    }
                    return nil
                }
            }, isInterrupted)
    }

    /// Replaces a small file as a whole, and then removes others: for files that say what is so.
    ///
    /// - Parameters:
    ///   - aside: the name under which it is written first; nil writes it in place.
    ///   - removing: they may be missing. They are gone when this returns, and not before the file is
    ///     there if the server keeps the order of requests, as OpenSSH's does.
    package func write(
        _ bytes: [UInt8], to path: RemotePath, aside: RemotePath?, removing: [RemotePath],
        isDurable: Bool
    ) throws(SFTPError) {
        let plan = SmallWriteJob.Plan(
            path: aside ?? path, bytes: bytes, name: aside == nil ? nil : path, removing: removing,
            isDurable: isDurable)
        var isGiven = false
        try run(
            { () throws(SFTPError) in
                defer { isGiven = true }
                return isGiven ? nil : SmallWriteJob(plan)
            }, { false })
    }

    /// Writes a small file on the journeys of whatever is asked next; that does not end before it is
    /// there or has failed. `done` tells that it is there.
    package func attach(
        _ bytes: [UInt8], to path: RemotePath, isDurable: Bool, done: @escaping () -> Void
    ) {
        attached.append(
            SmallWriteJob(
                SmallWriteJob.Plan(
                    path: path, bytes: bytes, name: nil, removing: [], isDurable: isDurable),
                done: done))
    }

    /// Asks what has these names on the journeys of whatever is asked next. It changes nothing, so it may
    /// go along with anything; `found` is called for those that could be told.
    package func attachStatus(
        of paths: [RemotePath], found: @escaping (Int, FileAttributes?) -> Void
    ) {
        for (number, path) in paths.enumerated() {
            attached.append(
                RequestJob(.linkStatus(path)) { reply in
                    switch reply {
                    case .attributes(let attributes): found(number, attributes)
                    case .status(.noSuchFile, _): found(number, nil)
                    default: break
                    }
                    return nil
                })
        }
    }

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

    /// Reads a file in order; false where there is none.
    ///
    /// - Parameter size: what it should hold, if known; otherwise it is read to its end or `limit`.
    package func read(
        _ path: RemotePath, size: Int64? = nil, limit: Int64 = .max, isInterrupted: Interruption,
        take: @escaping (ArraySlice<UInt8>) -> SFTPError?
    ) throws(SFTPError) -> Bool {
        var exists = false
        try readAll(
            [(path, size)], limit: limit, isInterrupted: isInterrupted,
            take: { _, bytes in take(bytes) },
            end: { _, there in
                exists = there
                return nil
            })
        return exists
    }

    /// Reads many files at once. `take` is given a file's number in `files` and its next bytes; `end`
    /// whether there is such a file, after its last bytes.
    package func readAll(
        _ files: [(path: RemotePath, size: Int64?)], limit: Int64 = .max,
        isInterrupted: Interruption,
        take: @escaping (Int, ArraySlice<UInt8>) -> SFTPError?,
        end: @escaping (Int, Bool) -> SFTPError?
    ) throws(SFTPError) {
        var number = 0
        try run(
            { () throws(SFTPError) in
                guard number < files.count else { return nil }
                let (this, file) = (number, files[number])
                number += 1
                return ReadJob(
                    file.path, size: file.size, limit: limit, take: { take(this, $0) },
                    end: { end(this, $0) })
            }, isInterrupted)
    }

    /// What has a name, a link not followed; nil when nothing has.
    package func status(
        of paths: [RemotePath], isInterrupted: Interruption = { false }
    ) throws(SFTPError) -> [FileAttributes?] {
        var found = [FileAttributes?](repeating: nil, count: paths.count)
        try ask(paths.map { .linkStatus($0) }, "look at", isInterrupted) { number, reply in
            switch reply {
            case .attributes(let attributes): found[number] = attributes
            case .status(.noSuchFile, _): return true
            default: return false
            }
            return true
        }
        return found
    }

    /// Bytes that an unprivileged user may still write below a folder; nil where the server does not tell.
    package func freeBytes(_ path: RemotePath) throws(SFTPError) -> Int64? {
        guard try capabilities().canTellRoom else { return nil }
        var free: Int64?
        try ask([.fileSystem(path)], "look at", Self.never) { _, reply in
            if case .extended(let bytes) = reply { free = FileSystemRoom(bytes)?.free }
            return true
        }
        return free
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
    /// found by whoever uses them.
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

    /// Sends requests, many at once, and throws at the first whose answer `accept` does not take.
    func ask(
        _ requests: [Request], _ operation: String, _ isInterrupted: Interruption,
        accept: @escaping (Int, Reply) -> Bool
    ) throws(SFTPError) {
        var number = 0
        try run(
            { () throws(SFTPError) in
                guard number < requests.count else { return nil }
                let (this, request) = (number, requests[number])
                number += 1
                return RequestJob(request) { reply in
                    if accept(this, reply) { return nil }
                    guard case .status(let code, let message) = reply else {
                        return .protocolViolation("\(operation) was answered by something else")
                    }
                    return .refused(
                        operation: operation, path: request.path, code, message: message)
                }
            }, isInterrupted)
    }
}

extension Request {
    /// What it is about, for messages.
    var path: String {
        switch self {
        case .open(let path, _, _), .linkStatus(let path), .status(let path),
            .setStatus(let path, _), .openFolder(let path), .remove(let path),
            .makeFolder(let path), .removeFolder(let path), .realPath(let path),
            .rename(let path, _), .readLink(let path), .replace(let path, _),
            .hardLink(_, let path), .fileSystem(let path):
            "\(path)"
        case .close, .read, .handleStatus, .setHandleStatus, .readFolder, .synchronize, .limits: ""
        }
    }
}
