/// Where a server is written down before it exists, so that it is found again whatever happens. What is
/// written survives a power cut before the next line is reached.
package protocol TransferJournal {
    /// A server is about to be made, and will carry this token.
    ///
    /// - Returns: the lease's number.
    func will(token: String, costPerHour: Double) throws -> Int64
    func made(_ lease: Int64, server: String) throws
    /// It is known to be there no more, or never to have been.
    func ended(_ lease: Int64) throws
    /// Leases that have no end.
    func open() throws -> [TransferRecord]
}

package struct TransferRecord: Hashable, Sendable {
    package let lease: Int64
    package let token: String
    /// nil where it was never learnt whether one was made.
    package let server: String?

    package init(lease: Int64, token: String, server: String?) {
        self.lease = lease
        self.token = token
        self.server = server
    }
}
