import JSON
package import Posix
package import Processes

/// Who signs (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
package struct AWSIdentity: Hashable, Sendable, Decodable {
    package let account: String
    package let arn: String
    package let userId: String

    /// The name of the person or role session, for others to read.
    package var name: String { String(arn.split(separator: "/").last ?? arn[...]) }
}

extension AWSCall {
    package static func callerIdentity() -> AWSCall { AWSCall("sts", "get-caller-identity") }
}

extension AWSClient {
    package func identity(cancel: Cancellation? = nil) throws(AWSError) -> AWSIdentity {
        try ask(.callerIdentity(), cancel: cancel)
    }

    /// When the credentials end; nil where they do not, or where the program cannot tell, as before version
    /// 2.9. It is a warning in advance: credentials that end are reported by the call that they fail.
    ///
    /// `configure export-credentials` prints secrets: its output is decoded for the one date and let go.
    package func credentialsEnd(cancel: Cancellation? = nil) -> Timestamp? {
        struct Exported: Decodable {
            let expiration: String?
            enum CodingKeys: String, CodingKey { case expiration = "Expiration" }
        }
        var words = [settings.program, "configure", "export-credentials", "--format", "process"]
        if let profile = settings.profile { words += ["--profile", profile] }
        let output = try? ProcessRunner.run(  // try?: see above
            ProcessCommand(words), timeout: 60, cancel: cancel)
        guard let output, output.exit.isSuccess,
            let exported = try? JSONValue.decode(  // try?: as above
                Exported.self, from: output.standardOutput),
            let text = exported.expiration
        else { return nil }
        return Timestamp(iso8601: text)
    }
}
