package import AWS

/// Why there is no server to send data by.
package enum TransferError: Error, CustomStringConvertible {
    case didNotStart(server: String, state: String)
    case notReachable(server: String, host: String, seconds: Int)
    /// None of the keys that the host shows is the one that AWS says it has.
    case otherHostKey(server: String, expected: String, found: [String])
    case keyMaking(String)
    case notDeleted(server: String, String)
    case gone(server: String)
    case aws(AWSError)

    package var description: String {
        switch self {
        case .didNotStart(let server, let state):
            "the temporary server \(server) did not start (\(state)); it was deleted. Give the same command "
                + "again; if that stays so, check the roles in the environment's file"
        case .notReachable(let server, let host, let seconds):
            "the temporary server \(server) could not be reached as \(host) in \(seconds) s; it was deleted. "
                + "Check that this network lets port 22 out, then give the same command again"
        case .otherHostKey(let server, let expected, let found):
            "what answers for server \(server) shows another host key (\(found.joined(separator: ", "))) than AWS "
                + "says it has (\(expected)): somebody may stand between. Nothing was sent, and the "
                + "server was deleted. Try from another network"
        case .keyMaking(let detail):
            "no key pair could be made by ssh-keygen: \(detail)"
        case .notDeleted(let server, let detail):
            "the temporary server \(server) could NOT be deleted and goes on costing (\(detail)): any next run, "
                + "or `pipeline doctor --fix`, tries again; by hand: aws transfer delete-server "
                + "--server-id \(server)"
        case .gone(let server):
            "the temporary server \(server) was deleted by somebody else while data was sent; what has arrived "
                + "is kept. Give the same command again"
        case .aws(let error): error.description
        }
    }
}
