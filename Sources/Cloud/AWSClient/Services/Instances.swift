package import Processes

/// An instance of EC2 (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html).
package struct EC2Instance: Hashable, Sendable, Decodable {
    package let instanceId: String
    package let state: State

    package struct State: Hashable, Sendable, Decodable {
        /// pending, running, stopping, stopped, shutting-down, terminated.
        package let name: String
    }
}

/// An output of a CloudFormation stack.
package struct StackOutput: Hashable, Sendable, Decodable {
    package let outputKey: String
    package let outputValue: String
}

extension AWSCall {
    package static func instance(_ id: String) -> AWSCall {
        AWSCall("ec2", "describe-instances", ["--instance-ids", id])
    }

    /// Repeatable: starting what runs changes nothing.
    package static func startInstance(_ id: String) -> AWSCall {
        AWSCall("ec2", "start-instances", ["--instance-ids", id])
    }

    package static func stopInstance(_ id: String) -> AWSCall {
        AWSCall("ec2", "stop-instances", ["--instance-ids", id])
    }

    package static func stack(_ name: String) -> AWSCall {
        AWSCall("cloudformation", "describe-stacks", ["--stack-name", name])
    }
}

extension AWSClient {
    package func instance(
        _ id: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> EC2Instance? {
        struct Answer: Decodable {
            struct Reservation: Decodable { let instances: [EC2Instance]? }
            let reservations: [Reservation]?
        }
        do {
            let answer: Answer = try ask(.instance(id), cancel: cancel)
            return answer.reservations?.lazy.compactMap(\.instances).joined().first
        } catch {
            if error.code?.hasPrefix("InvalidInstanceID") == true { return nil }
            throw error
        }
    }

    package func stackOutputs(
        _ name: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [StackOutput] {
        struct Answer: Decodable {
            struct Stack: Decodable { let outputs: [StackOutput]? }
            let stacks: [Stack]?
        }
        let answer: Answer = try ask(.stack(name), cancel: cancel)
        return answer.stacks?.first?.outputs ?? []
    }
}
