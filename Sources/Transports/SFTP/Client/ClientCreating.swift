/// Files of which there may be one alone.
extension SFTPClient {
    /// Makes a small file, unless something has the name: false then. Of several who try at once one succeeds.
    ///
    /// Where the server has hard links the file is whole as soon as it has the name; otherwise a kill may leave one that is empty.
    /// A connection that is lost on the way may leave the file made, and the answer false: the one who asked looks what is there.
    ///
    /// - Parameter aside: a name of this call's own in the same folder.
    /// - Throws: also where the server refuses a name that nothing has.
    package func create(
        _ bytes: [UInt8], at path: RemotePath, aside: RemotePath
    ) throws(SFTPError) -> Bool {
        guard try status(of: [path])[0] == nil else { return false }
        if try capabilities().canHardLink, try link(bytes, path, aside) { return true }
        return try createAlone(bytes, path)
    }

    /// - Returns: false where that was refused, or was answered with a success that is none: rclone's server does that.
    private func link(
        _ bytes: [UInt8], _ path: RemotePath, _ aside: RemotePath
    ) throws(SFTPError) -> Bool {
        do throws(SFTPError) {
            try write(
                .init(path: aside, bytes: bytes, name: nil, removing: [], isDurable: true))
        } catch {
            try? remove([aside])  // try?: the first error is reported
            throw error
        }
        let isLinked = try hardLink([(aside, path)], isInterrupted: { false })[0]
        let found = try status(of: [aside, path])
        try remove([aside])
        return isLinked && found[0] != nil && found[1]?.size == found[0]?.size
    }

    /// Version 3 has no code for a name that is taken: after a refusal it is looked for.
    private func createAlone(_ bytes: [UInt8], _ path: RemotePath) throws(SFTPError) -> Bool {
        do throws(SFTPError) {
            try write(
                .init(
                    path: path, bytes: bytes, name: nil, removing: [], isDurable: true,
                    keepsExisting: true))
        } catch {
            guard case .refused("create", _, let code, _) = error, code.mayMeanExists,
                try status(of: [path])[0] != nil
            else { throw error }
            return false
        }
        return true
    }

    private func write(_ plan: SmallWriteJob.Plan) throws(SFTPError) {
        var isGiven = false
        try run(
            { () throws(SFTPError) in
                defer { isGiven = true }
                return isGiven ? nil : SmallWriteJob(plan)
            }, { false })
    }
}
