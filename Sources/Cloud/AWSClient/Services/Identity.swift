package import FoundationEssentials
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
    package func credentialsEnd(cancel: Cancellation? = nil) -> Date? {
        struct Exported: Decodable {
            let expiration: String?
            enum CodingKeys: String, CodingKey { case expiration = "Expiration" }
        }
        var words = [settings.program, "configure", "export-credentials", "--format", "process"]
        if let profile = settings.profile { words += ["--profile", profile] }
        let output = try? ProcessRunner.run(  // try?: see above
            ProcessCommand(words), timeout: 60, cancel: cancel)
        guard let output, output.exit.isSuccess,
            let exported = try? JSONDecoder().decode(  // try?: as above
                Exported.self, from: Data(output.standardOutput)),
            let text = exported.expiration
        else { return nil }
        return AWSDate.parse(text)
    }
}

/// Dates as the services and the program write them (ISO 8601, with or without fractions).
package enum AWSDate {
    package static func parse(_ text: String) -> Date? {
        let plain = Date.ISO8601FormatStyle()
        let fractions = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var text = text
        // "+00:00" is "Z"; other offsets do not occur in answers.
        if text.hasSuffix("+00:00") { text = String(text.dropLast(6)) + "Z" }
        if let date = try? plain.parse(text) { return date }  // try?: the other form
        if let date = try? fractions.parse(text) { return date }  // try?: as above
        guard let dot = text.firstIndex(of: "."), text.hasSuffix("Z") else { return nil }
        // More digits than milliseconds.
        return try? plain.parse(text[..<dot] + "Z")  // try?: nil: it is no date
    }
}
