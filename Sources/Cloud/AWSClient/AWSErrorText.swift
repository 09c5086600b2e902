import JSON
import Texts

/// An error with a code, as the command line tool writes it to its standard error: as JSON, which is asked for
/// by `AWS_CLI_ERROR_FORMAT` and written by versions that know it
/// (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-error-format.html), or as botocore's sentence.
struct AWSErrorText: Equatable {
    let code: String
    let message: String
    /// `DescribeEnvironments`; nil where the program itself failed, or the form does not tell.
    let operation: String?
    /// Whether the service answered so.
    let isService: Bool

    init?(_ standardError: String) {
        guard let said = Self.json(standardError) ?? Self.sentence(standardError) else {
            return nil
        }
        self = said
    }

    private init(_ code: String, _ message: String, _ operation: String?, isService: Bool) {
        (self.code, self.operation, self.isService) = (code, operation, isService)
        let details = message.firstRange(of: "Additional error details:")
        let plain = details.map { String(message[..<$0.lowerBound]) } ?? message
        self.message =
            plain.split(whereSeparator: \.isNewline).joined(separator: " ")
            .trimmed
    }

    private static func json(_ text: String) -> AWSErrorText? {
        struct Members: Decodable {
            let code: String
            let message: String
            enum CodingKeys: String, CodingKey {
                case code = "Code"
                case message = "Message"
            }
        }
        struct Nested: Decodable {
            let error: Members
            enum CodingKeys: String, CodingKey { case error = "Error" }
        }
        guard let start = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), start < end
        else { return nil }
        let document = try? JSONValue(parsing: text[start...end].utf8)  // try?: another form
        let found =
            (try? document?.decoded(as: Members.self))  // try?: another form is next
            ?? (try? document?.decoded(as: Nested.self))?.error  // try?: as above
        guard let found else { return nil }
        // The sentence may stand in the message, and alone names the operation.
        if let said = sentence(found.message) { return said }
        return AWSErrorText(
            found.code, found.message, nil, isService: !clientCodes.contains(found.code))
    }

    /// `An error occurred (CODE) when calling the OPERATION operation: MESSAGE`, with a remark about retries
    /// that may stand before the colon, in all versions; `An error occurred (CODE): MESSAGE` where the program
    /// itself failed, in newer ones.
    private static func sentence(_ text: String) -> AWSErrorText? {
        guard let start = text.firstRange(of: "An error occurred (") else { return nil }
        let rest = text[start.upperBound...]
        guard let end = rest.firstIndex(of: ")") else { return nil }
        let code = String(rest[..<end])
        let after = rest[rest.index(after: end)...]
        let message = after.firstRange(of: ": ").map { String(after[$0.upperBound...]) }
        let calling = " when calling the "
        guard after.hasPrefix(calling) else {
            return AWSErrorText(code, message ?? String(after), nil, isService: false)
        }
        let operation = after.dropFirst(calling.count).prefix { $0 != " " }
        return AWSErrorText(
            code, message ?? String(after), String(operation), isService: true)
    }

    /// Codes that the program gives to failures of its own.
    private static let clientCodes: Set = [
        "NoCredentials", "NoRegion", "ProfileNotFound", "ConfigParseError", "Configuration",
        "ConfigurationError", "ParamValidation", "ParamError", "General", "GeneralError", "Unknown",
        "ClientError", "UnknownArgument", "Usage", "SSOTokenLoadError", "SSOError", "SSLError",
        "TokenRetrievalError", "CredentialRetrievalError", "EndpointConnectionError",
        "ConnectionError", "PartialCredentials",
    ]

    /// The last lines of a text: usage comes before what is wrong.
    static func lastLines(_ text: String) -> String {
        text.split { $0.isNewline }.map(String.init).filter { $0.contains { !$0.isWhitespace } }
            .suffix(3).joined(separator: " ")
    }
}

extension String {
    fileprivate var trimmed: String {
        let front = drop { $0.isWhitespace }
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(front[...last])
    }
}
