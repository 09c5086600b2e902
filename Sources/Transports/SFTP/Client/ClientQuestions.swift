/// What a client asks of a server without changing anything.
extension SFTPClient {
    /// Names in one listing, and bytes of a path (PATH_MAX): more would fill this machine's memory.
    private static let mostNames = 2_000_000
    private static let longestPath = 4096

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
        var left = Self.mostNames
        try run(
            { () throws(SFTPError) in
                guard let (folder, expecting) = waiting.popLast() else { return nil }
                return ListJob(folder, expecting: expecting) { names in
                    left -= names?.count ?? 0
                    do throws(SFTPError) {
                        let more = try found(folder, names)
                        waiting += more
                        guard left >= 0, more.allSatisfy({ $0.0.bytes.count < Self.longestPath })
                        else {
                            return .protocolViolation(
                                "the folders below \"\(folders[0].path)\" have no end")
                        }
                    } catch {
                        return error
                    }
                    return nil
                }
            }, isInterrupted)
    }

    /// Asks what has these names on the journeys of whatever is asked next. It changes nothing, so it may
    /// go along with anything; `found` is called for those that could be decoded.
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
}
