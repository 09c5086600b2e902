package import Processes

/// An Elastic Beanstalk environment
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_EnvironmentDescription.html).
package struct BeanstalkEnvironment: Hashable, Sendable, Decodable {
    package let environmentName: String
    package let environmentId: String
    package let applicationName: String
    package let versionLabel: String?
    package let status: Status
    /// Green, Yellow, Red, Grey.
    package let health: String?
    package let healthStatus: String?
    package let cname: String?
    package let endpointURL: String?
    package let dateUpdated: String?

    package enum Status: Hashable, Sendable, Decodable {
        case ready, launching, updating, aborting, terminating, terminated
        /// One that this version does not know.
        case other(String)

        package init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            switch text {
            case "Ready": self = .ready
            case "Launching": self = .launching
            case "Updating", "LinkingFrom", "LinkingTo": self = .updating
            case "Aborting": self = .aborting
            case "Terminating": self = .terminating
            case "Terminated": self = .terminated
            default: self = .other(text)
            }
        }
    }
}

/// What an instance of an environment runs, and how it is.
package struct BeanstalkInstance: Hashable, Sendable, Decodable {
    package let instanceId: String
    package let healthStatus: String?
    package let color: String?
    package let causes: [String]?
    package let deployment: Deployment?

    package struct Deployment: Hashable, Sendable, Decodable {
        package let versionLabel: String?
        package let deploymentId: Int64?
        package let status: String?
    }
}

package struct BeanstalkEvent: Hashable, Sendable, Decodable {
    package let eventDate: String
    package let message: String
    package let severity: String?
    package let requestId: String?
    package let versionLabel: String?
}

/// An application version: a bundle in S3 with a label.
package struct BeanstalkVersion: Hashable, Sendable, Decodable {
    package let versionLabel: String
    package let description: String?
    package let status: String?
    package let sourceBundle: Bundle?
    package let dateCreated: String?

    package struct Bundle: Hashable, Sendable, Decodable {
        package let s3Bucket: String?
        package let s3Key: String?
    }
}

extension AWSCall {
    private static func beanstalk(
        _ operation: String, _ options: [String] = [], isRepeatable: Bool = true
    ) -> AWSCall {
        AWSCall("elasticbeanstalk", operation, options, isRepeatable: isRepeatable)
    }

    package static func environment(_ name: String, application: String) -> AWSCall {
        beanstalk(
            "describe-environments",
            [
                "--application-name", application, "--environment-names", name,
                "--no-include-deleted",
            ]
        )
    }

    /// - Parameter page: the token that the page before ended with; the program itself asks for one page of these.
    package static func instances(environment: String, page: String? = nil) -> AWSCall {
        beanstalk(
            "describe-instances-health",
            ["--environment-name", environment, "--attribute-names", "All"]
                + (page.map { ["--next-token", $0] } ?? []))
    }

    /// Newest first.
    package static func events(environment: String, since: String?, limit: Int) -> AWSCall {
        var options = ["--environment-name", environment, "--max-records", String(limit)]
        if let since { options += ["--start-time", since] }
        // Else the program asks for page after page until the environment was made.
        return beanstalk("describe-events", options + ["--no-paginate"])
    }

    package static func versions(application: String, labels: [String] = []) -> AWSCall {
        beanstalk(
            "describe-application-versions",
            ["--application-name", application]
                + (labels.isEmpty ? [] : ["--version-labels"] + labels))
    }

    /// Not repeatable: a second call for a label that is there is refused, and says nothing of the first.
    package static func createVersion(
        application: String, label: String, description: String, bucket: String, key: String
    ) -> AWSCall {
        beanstalk(
            "create-application-version",
            [
                "--application-name", application, "--version-label", label, "--description",
                description, "--source-bundle", "S3Bucket=\(bucket),S3Key=\(key)", "--process",
                "--no-auto-create-application",
            ], isRepeatable: false)
    }

    /// Not repeatable: the second would be refused while the first goes on.
    package static func update(environment: String, version: String) -> AWSCall {
        beanstalk(
            "update-environment",
            ["--environment-name", environment, "--version-label", version], isRepeatable: false)
    }

    package static func deleteVersion(application: String, label: String) -> AWSCall {
        beanstalk(
            "delete-application-version",
            [
                "--application-name", application, "--version-label", label,
                "--delete-source-bundle",
            ])
    }

    /// The bucket that Beanstalk keeps for the region; made if it is not there.
    package static func storageLocation() -> AWSCall { beanstalk("create-storage-location") }

    package static func restart(environment: String) -> AWSCall {
        beanstalk(
            "restart-app-server", ["--environment-name", environment], isRepeatable: false)
    }

    package static func requestLogs(environment: String) -> AWSCall {
        beanstalk(
            "request-environment-info",
            ["--environment-name", environment, "--info-type", "tail"])
    }

    package static func retrieveLogs(environment: String) -> AWSCall {
        beanstalk(
            "retrieve-environment-info",
            ["--environment-name", environment, "--info-type", "tail"])
    }

    package static func configuration(environment: String, application: String) -> AWSCall {
        beanstalk(
            "describe-configuration-settings",
            ["--environment-name", environment, "--application-name", application])
    }
}

extension AWSClient {
    /// nil where there is none of the name, or it was terminated.
    package func environment(
        _ name: String, application: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> BeanstalkEnvironment? {
        struct Answer: Decodable { let environments: [BeanstalkEnvironment] }
        let answer: Answer = try ask(
            .environment(name, application: application), cancel: cancel)
        return answer.environments.first {
            $0.environmentName == name && $0.status != .terminated
        }
    }

    package func instances(
        environment: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [BeanstalkInstance] {
        struct Answer: Decodable {
            let instanceHealthList: [BeanstalkInstance]?
            let nextToken: String?
        }
        var found: [BeanstalkInstance] = []
        var page: String?
        repeat {
            let answer: Answer = try ask(
                .instances(environment: environment, page: page), cancel: cancel)
            found += answer.instanceHealthList ?? []
            // An empty token would be the first page again.
            page = answer.nextToken.flatMap { $0.isEmpty ? nil : $0 }
        } while page != nil
        return found
    }

    /// Newest first.
    package func events(
        environment: String, since: String? = nil, limit: Int = 100, cancel: Cancellation? = nil
    ) throws(AWSError) -> [BeanstalkEvent] {
        struct Answer: Decodable { let events: [BeanstalkEvent]? }
        let answer: Answer = try ask(
            .events(environment: environment, since: since, limit: limit), cancel: cancel)
        return answer.events ?? []
    }

    package func versions(
        application: String, labels: [String] = [], cancel: Cancellation? = nil
    ) throws(AWSError) -> [BeanstalkVersion] {
        struct Answer: Decodable { let applicationVersions: [BeanstalkVersion]? }
        let answer: Answer = try ask(
            .versions(application: application, labels: labels), cancel: cancel)
        return answer.applicationVersions ?? []
    }

    package func storageBucket(cancel: Cancellation? = nil) throws(AWSError) -> String {
        struct Answer: Decodable { let s3Bucket: String }
        let answer: Answer = try ask(.storageLocation(), cancel: cancel)
        return answer.s3Bucket
    }

    /// The addresses of the newest logs of the instances that have answered a request for them.
    package func logAddresses(
        environment: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [BeanstalkLog] {
        struct Answer: Decodable { let environmentInfo: [BeanstalkLog]? }
        let answer: Answer = try ask(.retrieveLogs(environment: environment), cancel: cancel)
        return answer.environmentInfo ?? []
    }

    package func configuration(
        environment: String, application: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [BeanstalkOption] {
        struct Answer: Decodable {
            struct Settings: Decodable { let optionSettings: [BeanstalkOption]? }
            let configurationSettings: [Settings]?
        }
        let answer: Answer = try ask(
            .configuration(environment: environment, application: application), cancel: cancel)
        return answer.configurationSettings?.first?.optionSettings ?? []
    }
}

/// A tail of an instance's logs: an address that is good for a few minutes, and holds a signature.
package struct BeanstalkLog: Hashable, Sendable, Decodable {
    package let ec2InstanceId: String?
    package let sampleTimestamp: String?
    package let message: String?
}

package struct BeanstalkOption: Hashable, Sendable, Decodable {
    package let namespace: String?
    package let optionName: String?
    package let value: String?
}
