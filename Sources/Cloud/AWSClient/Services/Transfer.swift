package import Processes

/// A server of AWS Transfer Family
/// (https://docs.aws.amazon.com/transfer/latest/APIReference/API_DescribedServer.html).
package struct TransferServer: Hashable, Sendable, Decodable {
    package let serverId: String
    /// ONLINE, OFFLINE, STARTING, STOPPING, START_FAILED, STOP_FAILED. All of them cost.
    package let state: String?
    /// `SHA256:…` of the host's key, as ssh-keygen(1) writes it.
    package let hostKeyFingerprint: String?
    package let tags: [AWSTag]?
}

package struct AWSTag: Hashable, Sendable, Decodable {
    package let key: String
    package let value: String?

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

package struct TransferUser: Hashable, Sendable, Decodable {
    package let userName: String?
}

/// How a user of a server sees a file system: `root` of the user is `target`, `/FILE-SYSTEM/folder`.
package struct TransferUserSettings: Hashable, Sendable {
    package let name: String
    /// The ARN of the role that the server takes on for the user.
    package let role: String
    package let target: String
    package let uid: Int
    package let gid: Int
    /// A line of an OpenSSH public key file.
    package let publicKey: String

    package init(
        name: String, role: String, target: String, uid: Int, gid: Int, publicKey: String
    ) {
        self.name = name
        self.role = role
        self.target = target
        self.uid = uid
        self.gid = gid
        self.publicKey = publicKey
    }
}

extension AWSCall {
    private static func transfer(
        _ operation: String, _ options: [String] = [], isRepeatable: Bool = true
    ) -> AWSCall {
        AWSCall("transfer", operation, options, isRepeatable: isRepeatable)
    }

    /// Not repeatable: each call makes another server, and each costs.
    package static func createServer(loggingRole: String?, tags: [AWSTag]) -> AWSCall {
        transfer(
            "create-server",
            [
                "--domain", "EFS", "--protocols", "SFTP", "--identity-provider-type",
                "SERVICE_MANAGED", "--endpoint-type", "PUBLIC",
            ] + (loggingRole.map { ["--logging-role", $0] } ?? [])
                + ["--tags"] + tags.map { "Key=\($0.key),Value=\($0.value ?? "")" },
            isRepeatable: false)
    }

    package static func server(_ id: String) -> AWSCall {
        transfer("describe-server", ["--server-id", id])
    }

    package static func servers() -> AWSCall { transfer("list-servers") }

    /// Repeatable: the second call says that the user is there.
    package static func createUser(
        server: String, _ user: TransferUserSettings
    ) -> AWSCall {
        transfer(
            "create-user",
            [
                "--server-id", server, "--user-name", user.name, "--role", user.role,
                "--home-directory-type", "LOGICAL", "--home-directory-mappings",
                "[{\"Entry\":\"/\",\"Target\":\"\(user.target)\"}]", "--posix-profile",
                "Uid=\(user.uid),Gid=\(user.gid)", "--ssh-public-key-body", user.publicKey,
            ])
    }

    package static func deleteServer(_ id: String) -> AWSCall {
        transfer("delete-server", ["--server-id", id])
    }
}

extension AWSClient {
    package func createServer(
        loggingRole: String?, tags: [AWSTag], cancel: Cancellation? = nil
    ) throws(AWSError) -> String {
        struct Answer: Decodable { let serverId: String }
        let answer: Answer = try ask(
            .createServer(loggingRole: loggingRole, tags: tags), cancel: cancel)
        return answer.serverId
    }

    /// nil where it is there no more.
    package func server(
        _ id: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> TransferServer? {
        struct Answer: Decodable { let server: TransferServer }
        do {
            let answer: Answer = try ask(.server(id), cancel: cancel)
            return answer.server
        } catch {
            if error.code == "ResourceNotFoundException" { return nil }
            throw error
        }
    }

    package func servers(cancel: Cancellation? = nil) throws(AWSError) -> [TransferServer] {
        struct Answer: Decodable { let servers: [TransferServer]? }
        let answer: Answer = try ask(.servers(), cancel: cancel)
        return answer.servers ?? []
    }

    package func createUser(
        server: String, _ user: TransferUserSettings, cancel: Cancellation? = nil
    ) throws(AWSError) {
        do { _ = try run(.createUser(server: server, user), cancel: cancel) } catch {
            guard error.code == "ResourceExistsException" else { throw error }
        }
    }

    /// Deletes it, or finds it deleted.
    package func deleteServer(_ id: String, cancel: Cancellation? = nil) throws(AWSError) {
        do { _ = try run(.deleteServer(id), cancel: cancel) } catch {
            guard error.code == "ResourceNotFoundException" else { throw error }
        }
    }
}
