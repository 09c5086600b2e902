/// How to reach a server that is there now.
package struct TransferConnection: Hashable, Sendable {
    package let host: String
    package let port: Int
    package let user: String
    /// Files of the lease's own: the private key, and the one host key that is accepted.
    package let identity: String
    package let knownHosts: String
}

/// Where a server answers; nil while that is not known yet.
package typealias TransferResolver =
    @Sendable (_ server: String, _ region: String) -> (
        host: String, port: Int
    )?

package enum TransferAddress {
    /// https://docs.aws.amazon.com/transfer/latest/userguide/transfer-file.html
    package static func standard(_ server: String, _ region: String) -> (host: String, port: Int)? {
        ("\(server).server.transfer.\(region).amazonaws.com", 22)
    }
}
