package import AWS
package import Failures

/// Why there is no server to send data by.
package enum TransferError: Explained {
    case didNotStart(server: String, state: String)
    case notReachable(server: String, host: String, seconds: Int)
    /// None of the keys that the host shows is the one that AWS says it has.
    case otherHostKey(server: String, expected: String, found: [String])
    case keyMaking(String)
    case notDeleted(server: String, String)
    case gone(server: String)
    case aws(AWSError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .didNotStart(let server, let state):
            Failure(
                "transfer-not-started",
                "the temporary server \(server) did not start (\(state)); it was deleted",
                next: "if that stays so, check the roles in the environment's file", run: .again)
        case .notReachable(let server, let host, let seconds):
            Failure(
                "transfer-unreachable",
                "the temporary server \(server) could not be reached in \(seconds) s; it was deleted",
                at: [.host(host)], next: "check that this network lets port 22 out", run: .again)
        case .otherHostKey(let server, let expected, let found):
            Failure(
                "transfer-host-key",
                "what answers for server \(server) shows another host key (\(found.joined(separator: ", "))) "
                    + "than AWS says it has (\(expected))",
                cause: "somebody may stand between. Nothing was sent, and the server was deleted",
                next: "try from another network", run: .again)
        case .keyMaking(let detail):
            Failure(
                "transfer-key-making", "no key pair could be made by ssh-keygen", cause: detail,
                next: "try ssh-keygen by hand", run: "ssh-keygen -t ed25519 -N '' -f /tmp/key")
        case .notDeleted(let server, let detail):
            Failure(
                "transfer-not-deleted",
                "the temporary server \(server) could NOT be deleted and goes on costing",
                cause: detail,
                next: "any next run, or `pipeline doctor --fix`, tries again; by hand",
                run: .exact("aws transfer delete-server --server-id \(server)"))
        case .gone(let server):
            Failure(
                "transfer-gone",
                "the temporary server \(server) was deleted by somebody else while data was sent; what has "
                    + "arrived is kept", run: .again)
        case .aws(let error): error.failure
        }
    }
}
