/// What instances may do: looked at, never changed.
package struct AttachedPolicy: Hashable, Sendable, Decodable {
    package let policyName: String
}

extension AWSCall {
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
    package static func instanceProfile(_ name: String) -> AWSCall {
        AWSCall("iam", "get-instance-profile", ["--instance-profile-name", name])
    }

    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
    package static func attachedPolicies(role: String) -> AWSCall {
        AWSCall("iam", "list-attached-role-policies", ["--role-name", role])
    }

    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
    package static func ownPolicies(role: String) -> AWSCall {
        AWSCall("iam", "list-role-policies", ["--role-name", role])
    }
}

extension AWSClient {
    /// The roles of an instance profile, given by name or ARN; there is at most one today.
    package func roles(ofInstanceProfile profile: String) throws(AWSError) -> [String] {
        struct Answer: Decodable {
            let instanceProfile: Profile
            struct Profile: Decodable { let roles: [Role]? }
            struct Role: Decodable { let roleName: String }
        }
        let name = profile.split(separator: "/").last.map(String.init) ?? profile
        let answer: Answer = try ask(.instanceProfile(name))
        return (answer.instanceProfile.roles ?? []).map(\.roleName)
    }

    /// The names of a role's policies, attached ones and its own, sorted.
    package func policies(ofRole role: String) throws(AWSError) -> [String] {
        struct Attached: Decodable { let attachedPolicies: [AttachedPolicy]? }
        struct Own: Decodable { let policyNames: [String]? }
        let attached: Attached = try ask(.attachedPolicies(role: role))
        let own: Own = try ask(.ownPolicies(role: role))
        return ((attached.attachedPolicies ?? []).map(\.policyName) + (own.policyNames ?? []))
            .sorted()
    }
}
