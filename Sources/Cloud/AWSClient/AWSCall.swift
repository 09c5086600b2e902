/// One call of an operation, as the command line tool takes it. Pure; two calls are equal if they ask the same.
package struct AWSCall: Hashable, Sendable {
    /// The tool's names: `elasticbeanstalk`, `describe-environments`.
    package let service: String
    package let operation: String
    package var options: [String]
    /// Another region than that of the settings: public registries are signed for in us-east-1 alone.
    package var region: String?
    /// Whether sending it twice does no more than sending it once. What is not repeatable is never sent
    /// again after a lost answer: the one who sent it has to look first.
    package var isRepeatable: Bool

    package init(
        _ service: String, _ operation: String, _ options: [String] = [], region: String? = nil,
        isRepeatable: Bool = true
    ) {
        self.service = service
        self.operation = operation
        self.options = options
        self.region = region
        self.isRepeatable = isRepeatable
    }

    /// `service:operation`, for people and logs.
    package var name: String { "\(service) \(operation)" }

    /// The whole command line. The endpoint is always passed as an option: tools before 2.13 ignore
    /// `AWS_ENDPOINT_URL` and would ask the real AWS
    /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
    package func arguments(_ settings: AWSSettings) -> [String] {
        var words = [settings.program, service, operation] + options
        words += ["--region", region ?? settings.region, "--output", "json"]
        if let profile = settings.profile { words += ["--profile", profile] }
        if let endpoint = settings.serviceEndpoints[service] ?? settings.endpoint {
            words += ["--endpoint-url", endpoint.url]
        }
        return words + ["--cli-connect-timeout", "10", "--cli-read-timeout", "60"]
    }

    /// The command line for a person, who may take any time.
    package func interactive(_ settings: AWSSettings) -> [String] {
        Array(arguments(settings).dropLast(4))
    }
}
