import YAML

/// Reads what an environment says of AWS. Pure.
enum CloudReader {
    /// Findings that a table of keys cannot express.
    static func check(
        _ document: Node, _ transports: [TransportSchema], _ kind: TargetSchema,
        _ validator: inout SchemaValidator
    ) {
        let place = DataConfigReader.schema(document["data"], transports).place
        if kind.needs.contains(.aws) || place == .fileSystem, document["aws"] == nil {
            validator.report(
                document, "the environment lives at AWS and has no \"aws\"", code: "missing-key",
                advice: "write the region, and the account that it must be")
        }
        if let account = document["aws"]?["account"], let text = account.string,
            text.count != 12 || !text.allSatisfy(\.isASCII) || !text.allSatisfy(\.isNumber)
        {
            validator.report(
                account, "an account has twelve digits", code: "bad-value",
                advice: "write it in quotes, with leading zeros")
        }
        if let backup = document["data"]?["backup"], document["data"]?["file_system"] == nil {
            validator.report(
                backup, "a backup needs a \"file_system\"", code: "missing-key",
                advice: "name the EFS file system under \"data\"")
        }
    }

    static func aws(_ node: Node?) -> AWSConfig? {
        guard let node else { return nil }
        return AWSConfig(
            account: node["account"]?.string, region: node["region"]?.string ?? "",
            profile: node["profile"]?.string, endpoint: node["endpoint"]?.string,
            bucket: node["bucket"]?.string)
    }
}
