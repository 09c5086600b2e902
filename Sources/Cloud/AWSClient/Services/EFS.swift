package import Processes

/// A file system of Amazon EFS (https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html).
package struct EFSFileSystem: Hashable, Sendable, Decodable {
    package let fileSystemId: String
    package let name: String?
    package let lifeCycleState: String?
    package let performanceMode: String?
    package let throughputMode: String?
    package let provisionedThroughputInMibps: Double?
    package let encrypted: Bool?
    package let sizeInBytes: Size?

    package struct Size: Hashable, Sendable, Decodable {
        package let value: Int64?
    }
}

package struct EFSMountTarget: Hashable, Sendable, Decodable {
    package let mountTargetId: String
    package let lifeCycleState: String?
    package let subnetId: String?
}

/// A door to a folder of a file system, with a user of its own
/// (https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html).
package struct EFSAccessPoint: Hashable, Sendable, Decodable {
    package let accessPointId: String
    package let fileSystemId: String?
    package let lifeCycleState: String?
    package let posixUser: User?
    package let rootDirectory: Root?

    package struct User: Hashable, Sendable, Decodable {
        package let uid: Int
        package let gid: Int
    }

    package struct Root: Hashable, Sendable, Decodable {
        package let path: String?
    }
}

package struct EFSLifecyclePolicy: Hashable, Sendable, Decodable {
    /// Such as AFTER_14_DAYS: then what nobody reads moves to cheaper storage.
    package let transitionToIA: String?
}

/// A rule of a security group, as far as it says who may come to a port.
package struct SecurityRule: Hashable, Sendable, Decodable {
    package let ipProtocol: String?
    package let fromPort: Int?
    package let toPort: Int?
    package let ipRanges: [Range]?

    package struct Range: Hashable, Sendable, Decodable {
        package let cidrIp: String?
    }

    /// Whether all of the world may come.
    package var isForAll: Bool { ipRanges?.contains { $0.cidrIp == "0.0.0.0/0" } ?? false }

    /// Whether NFS may pass: TCP 2049, or everything.
    package var letsNFS: Bool {
        if ipProtocol == "-1" { return true }
        guard ipProtocol == "tcp", let fromPort, let toPort else { return false }
        return fromPort <= 2049 && toPort >= 2049
    }
}

package struct SecurityGroup: Hashable, Sendable, Decodable {
    package let groupId: String
    package let groupName: String?
    package let ipPermissions: [SecurityRule]?
}

extension AWSCall {
    package static func fileSystem(_ id: String) -> AWSCall {
        AWSCall("efs", "describe-file-systems", ["--file-system-id", id])
    }

    package static func mountTargets(_ fileSystem: String) -> AWSCall {
        AWSCall("efs", "describe-mount-targets", ["--file-system-id", fileSystem])
    }

    package static func accessPoints(_ fileSystem: String) -> AWSCall {
        AWSCall("efs", "describe-access-points", ["--file-system-id", fileSystem])
    }

    package static func lifecycle(_ fileSystem: String) -> AWSCall {
        AWSCall("efs", "describe-lifecycle-configuration", ["--file-system-id", fileSystem])
    }

    package static func backupPolicy(_ fileSystem: String) -> AWSCall {
        AWSCall("efs", "describe-backup-policy", ["--file-system-id", fileSystem])
    }

    package static func securityGroups(ofMountTarget id: String) -> AWSCall {
        AWSCall("efs", "describe-mount-target-security-groups", ["--mount-target-id", id])
    }

    package static func securityGroups(_ ids: [String]) -> AWSCall {
        AWSCall("ec2", "describe-security-groups", ["--group-ids"] + ids)
    }
}

extension AWSClient {
    /// nil where there is none of this id.
    package func fileSystem(
        _ id: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> EFSFileSystem? {
        struct Answer: Decodable { let fileSystems: [EFSFileSystem]? }
        do {
            let answer: Answer = try ask(.fileSystem(id), cancel: cancel)
            return answer.fileSystems?.first
        } catch {
            if error.code == "FileSystemNotFound" { return nil }
            throw error
        }
    }

    package func mountTargets(_ fileSystem: String) throws(AWSError) -> [EFSMountTarget] {
        struct Answer: Decodable { let mountTargets: [EFSMountTarget]? }
        let answer: Answer = try ask(.mountTargets(fileSystem))
        return answer.mountTargets ?? []
    }

    package func accessPoints(_ fileSystem: String) throws(AWSError) -> [EFSAccessPoint] {
        struct Answer: Decodable { let accessPoints: [EFSAccessPoint]? }
        let answer: Answer = try ask(.accessPoints(fileSystem))
        return answer.accessPoints ?? []
    }

    package func lifecycle(_ fileSystem: String) throws(AWSError) -> [EFSLifecyclePolicy] {
        struct Answer: Decodable { let lifecyclePolicies: [EFSLifecyclePolicy]? }
        let answer: Answer = try ask(.lifecycle(fileSystem))
        return answer.lifecyclePolicies ?? []
    }

    /// ENABLED, DISABLED and the states between; nil where none was ever set.
    package func backupPolicy(_ fileSystem: String) throws(AWSError) -> String? {
        struct Answer: Decodable {
            struct Policy: Decodable { let status: String? }
            let backupPolicy: Policy?
        }
        do {
            let answer: Answer = try ask(.backupPolicy(fileSystem))
            return answer.backupPolicy?.status
        } catch {
            if error.code == "PolicyNotFound" { return nil }
            throw error
        }
    }

    /// The security groups of a mount target.
    package func securityGroups(ofMountTarget id: String) throws(AWSError) -> [SecurityGroup] {
        struct IDs: Decodable { let securityGroups: [String]? }
        let ids: IDs = try ask(.securityGroups(ofMountTarget: id))
        guard let found = ids.securityGroups, !found.isEmpty else { return [] }
        struct Answer: Decodable { let securityGroups: [SecurityGroup]? }
        let answer: Answer = try ask(.securityGroups(found))
        return answer.securityGroups ?? []
    }
}
