import FoundationEssentials
import Posix
import TestServers
import Testing

/// The policies that guides show, and what calls need of them
/// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
enum Policy {
    private struct Document: Decodable {
        struct Statement: Decodable {
            let actions: [String]

            enum CodingKeys: String, CodingKey { case actions = "Action" }

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                if let one = try? values.decode(String.self, forKey: .actions) {
                    actions = [one]
                } else {
                    actions = try values.decode([String].self, forKey: .actions)
                }
            }
        }
        let statements: [Statement]

        enum CodingKeys: String, CodingKey { case statements = "Statement" }
    }

    /// Holds the policies of these guides against all calls that were seen.
    static func hold(_ standIn: AWSStandIn, guides: [String]) throws {
        let allowed = try guides.map(actions).reduce(Set()) { $0.union($1) }
        let needed = Set(try standIn.allCalls().compactMap(action))
        #expect(needed.contains("elasticbeanstalk:UpdateEnvironment"))
        #expect(needed.contains("transfer:CreateServer"))
        #expect(needed.subtracting(allowed) == [])
        #expect(allowed.allSatisfy { !$0.contains("*") })
    }

    /// The actions of all policies of a guide.
    static func actions(_ guide: String) throws -> Set<String> {
        let root = String(#filePath.dropLast("Tests/EndToEnd/Cloud/Policy.swift".count))
        let text = try FileSystem.readText("\(root)docs/guide/\(guide).md")
        var found: Set<String> = []
        for part in text.split(separator: "```json\n", omittingEmptySubsequences: false).dropFirst()
        {
            guard let end = part.firstRange(of: "```") else { continue }
            let document = try JSONDecoder().decode(
                Document.self, from: Data(part[..<end.lowerBound].utf8))
            found.formUnion(document.statements.flatMap(\.actions))
        }
        return found
    }

    private static let registry = [
        "CheckBlob": "BatchCheckLayerAvailability", "StartUpload": "InitiateLayerUpload",
        "UploadChunk": "UploadLayerPart", "FinishUpload": "CompleteLayerUpload",
        "PushManifest": "PutImage",
    ]
    private static let objects = [
        "HeadObject": "GetObject", "ListObjectsV2": "ListBucket", "UploadPart": "PutObject",
        "CreateMultipartUpload": "PutObject", "CompleteMultipartUpload": "PutObject",
    ]

    /// The action that a call needs; nil for calls that need none.
    static func action(_ call: String) -> String? {
        let parts = call.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return call }
        switch parts[0] {
        case "sts": return nil
        // Logs are fetched from an address that Beanstalk has signed.
        case "elasticbeanstalk" where parts[1] == "GetObject": return nil
        // The instance reads and pulls with rights of its own.
        case "registry": return registry[parts[1]].map { "ecr-public:\($0)" }
        case "s3": return "s3:\(objects[parts[1]] ?? parts[1])"
        case "efs": return "elasticfilesystem:\(parts[1])"
        default: return call
        }
    }
}
