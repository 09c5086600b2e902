/// Files of which there may be one alone.
extension SFTPClient {
    /// Makes a small file, unless something has the name: false then. Of several who try at once one succeeds.
    ///
    /// Version 3 has no code for a name that is taken, so false may also be another refusal: the one who asked looks what
    /// is there. A connection that is lost on the way may leave the file made, and the answer false.
    package func create(_ bytes: [UInt8], at path: RemotePath) throws(SFTPError) -> Bool {
        let plan = SmallWriteJob.Plan(
            path: path, bytes: bytes, name: nil, removing: [], isDurable: true, keepsExisting: true)
        var isGiven = false
        do throws(SFTPError) {
            try run(
                { () throws(SFTPError) in
                    defer { isGiven = true }
                    return isGiven ? nil : SmallWriteJob(plan)
                }, { false })
        } catch {
            if case .refused("create", _, let code, _) = error, code.mayMeanExists { return false }
            throw error
        }
        return true
    }
}
