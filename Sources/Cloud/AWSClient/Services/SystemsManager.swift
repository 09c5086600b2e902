package import Processes

/// A command that Systems Manager runs on an instance
/// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html).
package struct SSMInvocation: Hashable, Sendable, Decodable {
    package let commandId: String
    /// Pending, InProgress, Delayed, Success, Cancelled, TimedOut, Failed, Cancelling.
    package let status: String
    package let statusDetails: String?
    package let responseCode: Int?
    /// Cut at 24,000 characters.
    package let standardErrorContent: String?

    package var isOver: Bool {
        ["Success", "Cancelled", "TimedOut", "Failed"].contains(status)
    }
}

extension AWSCall {
    /// A session for a person.
    package static func startSession(instance: String) -> AWSCall {
        AWSCall("ssm", "start-session", ["--target", instance], isRepeatable: false)
    }

    package static func managedInstance(_ id: String) -> AWSCall {
        AWSCall(
            "ssm", "describe-instance-information", ["--filters", "Key=InstanceIds,Values=\(id)"])
    }

    /// Not repeatable: each call runs the script once.
    ///
    /// - Parameters:
    ///   - parameters: a JSON file with `commands` and `executionTimeout`.
    ///   - comment: by which the command is found again; at most 100 characters.
    package static func sendCommand(
        instance: String, parameters: String, comment: String
    ) -> AWSCall {
        AWSCall(
            "ssm", "send-command",
            [
                "--document-name", "AWS-RunShellScript", "--instance-ids", instance,
                "--parameters", "file://\(parameters)", "--comment", comment, "--timeout-seconds",
                "600",
            ], isRepeatable: false)
    }

    package static func invocation(_ command: String, instance: String) -> AWSCall {
        AWSCall(
            "ssm", "get-command-invocation", ["--command-id", command, "--instance-id", instance])
    }

    /// The newest commands of an instance.
    package static func commands(instance: String) -> AWSCall {
        AWSCall(
            "ssm", "list-commands", ["--instance-id", instance, "--max-items", "50"])
    }

    package static func cancelCommand(_ command: String) -> AWSCall {
        AWSCall("ssm", "cancel-command", ["--command-id", command])
    }
}

extension AWSClient {
    /// Whether the agent of an instance is heard of.
    package func isManaged(_ id: String, cancel: Cancellation? = nil) throws(AWSError) -> Bool {
        struct Answer: Decodable {
            struct Information: Decodable { let pingStatus: String? }
            let instanceInformationList: [Information]?
        }
        let answer: Answer = try ask(.managedInstance(id), cancel: cancel)
        return answer.instanceInformationList?.first?.pingStatus == "Online"
    }

    /// - Returns: the command's id.
    package func sendCommand(
        instance: String, parameters: String, comment: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> String {
        struct Answer: Decodable {
            struct Command: Decodable { let commandId: String }
            let command: Command
        }
        let answer: Answer = try ask(
            .sendCommand(instance: instance, parameters: parameters, comment: comment),
            cancel: cancel)
        return answer.command.commandId
    }

    /// nil in the first moments of a command.
    package func invocation(
        _ command: String, instance: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> SSMInvocation? {
        do {
            return try ask(.invocation(command, instance: instance), cancel: cancel)
        } catch {
            if error.code == "InvocationDoesNotExist" { return nil }
            throw error
        }
    }

    /// The command with a comment, if it was ever sent.
    package func command(
        withComment comment: String, instance: String
    ) throws(AWSError) -> String? {
        struct Answer: Decodable {
            struct Command: Decodable {
                let commandId: String
                let comment: String?
            }
            let commands: [Command]?
        }
        let answer: Answer = try ask(.commands(instance: instance))
        return answer.commands?.first { $0.comment == comment }?.commandId
    }
}
