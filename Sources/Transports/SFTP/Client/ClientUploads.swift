/// Files that a client brings to the server.
extension SFTPClient {
    /// Sends files, many at once. Throws at the first that cannot be sent.
    package func upload(
        _ next: () throws(SFTPError) -> (Upload, UploadEvents)?, isInterrupted: Interruption
    ) throws(SFTPError) {
        try run(
            { () throws(SFTPError) in
                try next().map { upload, events in UploadJob(upload, events) }
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
}
