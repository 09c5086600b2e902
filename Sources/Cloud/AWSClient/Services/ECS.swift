package import Processes

/// A service of the Elastic Container Service
/// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html).
package struct ECSService: Hashable, Sendable, Decodable {
    package let serviceName: String
    package let status: String?
    package let taskDefinition: String
    package let desiredCount: Int?
    package let runningCount: Int?
    package let deployments: [Deployment]?
    package let events: [Event]?

    package struct Deployment: Hashable, Sendable, Decodable {
        package let status: String?
        package let taskDefinition: String?
        /// IN_PROGRESS, COMPLETED, FAILED.
        package let rolloutState: String?
        package let rolloutStateReason: String?
        package let runningCount: Int?
        package let desiredCount: Int?
    }

    package struct Event: Hashable, Sendable, Decodable {
        package let id: String?
        package let message: String?
    }
}

/// A task that runs, or is starting or ending.
package struct ECSTask: Hashable, Sendable, Decodable {
    package let taskArn: String
    package let taskDefinitionArn: String?
    package let lastStatus: String?
    package let stoppedReason: String?
    package let containers: [Container]?

    package struct Container: Hashable, Sendable, Decodable {
        package let name: String?
        package let imageDigest: String?
    }
}

extension AWSCall {
    package static func services(cluster: String, _ names: [String]) -> AWSCall {
        AWSCall("ecs", "describe-services", ["--cluster", cluster, "--services"] + names)
    }

    package static func taskDefinition(_ name: String) -> AWSCall {
        AWSCall(
            "ecs", "describe-task-definition", ["--task-definition", name, "--include", "TAGS"])
    }

    /// Not repeatable: each call makes one more revision.
    package static func registerTaskDefinition(file: String) -> AWSCall {
        AWSCall(
            "ecs", "register-task-definition", ["--cli-input-json", "file://\(file)"],
            isRepeatable: false)
    }

    /// Repeatable: asked twice for one revision, a service has it once.
    ///
    /// - Parameter again: begins a new deployment though it is the revision that the service has already.
    package static func updateService(
        cluster: String, service: String, taskDefinition: String, again: Bool = false
    ) -> AWSCall {
        AWSCall(
            "ecs", "update-service",
            [
                "--cluster", cluster, "--service", service, "--task-definition", taskDefinition,
            ] + (again ? ["--force-new-deployment"] : []))
    }

    /// - Parameter areStopped: those that ended in the last hour, instead of those that are to run.
    package static func tasks(
        cluster: String, service: String, areStopped: Bool = false
    ) -> AWSCall {
        AWSCall(
            "ecs", "list-tasks",
            ["--cluster", cluster, "--service-name", service]
                + (areStopped ? ["--desired-status", "STOPPED"] : []))
    }

    package static func tasks(cluster: String, _ arns: [String]) -> AWSCall {
        AWSCall("ecs", "describe-tasks", ["--cluster", cluster, "--tasks"] + arns)
    }
}

extension AWSCall {
    /// A shell for a person in a container of a task.
    package static func shell(cluster: String, task: String, container: String) -> AWSCall {
        AWSCall(
            "ecs", "execute-command",
            [
                "--cluster", cluster, "--task", task, "--container", container, "--interactive",
                "--command", "/bin/sh",
            ], isRepeatable: false)
    }

    /// Repeatable: each time the same tasks are made again.
    package static func restartService(cluster: String, service: String) -> AWSCall {
        AWSCall(
            "ecs", "update-service",
            ["--cluster", cluster, "--service", service, "--force-new-deployment"])
    }
}

extension AWSClient {
    /// In the order of the names; nil for those that are not there.
    package func services(
        cluster: String, _ names: [String], cancel: Cancellation? = nil
    ) throws(AWSError) -> [ECSService?] {
        struct Answer: Decodable { let services: [ECSService]? }
        let answer: Answer = try ask(.services(cluster: cluster, names), cancel: cancel)
        return names.map { name in
            answer.services?.first { $0.serviceName == name && $0.status != "INACTIVE" }
        }
    }

    /// The tasks of a service that are to run, or those that ended not long ago.
    package func tasks(
        cluster: String, service: String, areStopped: Bool = false, cancel: Cancellation? = nil
    ) throws(AWSError) -> [ECSTask] {
        struct Names: Decodable { let taskArns: [String]? }
        let names: Names = try ask(
            .tasks(cluster: cluster, service: service, areStopped: areStopped), cancel: cancel)
        guard let arns = names.taskArns, !arns.isEmpty else { return [] }
        struct Answer: Decodable { let tasks: [ECSTask]? }
        // describe-tasks takes a hundred at a time.
        var found: [ECSTask] = []
        for start in stride(from: 0, to: arns.count, by: 100) {
            let some = Array(arns[start..<min(start + 100, arns.count)])
            let answer: Answer = try ask(.tasks(cluster: cluster, some), cancel: cancel)
            found += answer.tasks ?? []
        }
        return found
    }
}
