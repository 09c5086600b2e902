package import Processes

/// Objects of Amazon S3 (https://docs.aws.amazon.com/AmazonS3/latest/API).
package enum S3Condition: Hashable, Sendable {
    /// Write only if there is no such object.
    case absent
    /// Write only over just this version, by its entity tag.
    case matches(String)

    /// Conditional writes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    var options: [String] {
        switch self {
        case .absent: ["--if-none-match", "*"]
        case .matches(let tag): ["--if-match", tag]
        }
    }
}

package struct S3Object: Hashable, Sendable, Decodable {
    package let key: String
    package let size: Int64?
    package let eTag: String?

    // "ETag" is two words here and one there.
    enum CodingKeys: String, CodingKey { case key, size, eTag }
}

package struct S3Head: Hashable, Sendable, Decodable {
    package let contentLength: Int64?
    package let eTag: String?
    package let checksumSHA256: String?

    enum CodingKeys: String, CodingKey { case contentLength, eTag, checksumSHA256 }
}

extension AWSCall {
    /// One PUT with a SHA-256 that the service checks: what was sent half is never an object.
    package static func putObject(
        bucket: String, key: String, file: String, condition: S3Condition? = nil
    ) -> AWSCall {
        AWSCall(
            "s3api", "put-object",
            [
                "--bucket", bucket, "--key", key, "--body", file, "--checksum-algorithm", "SHA256",
            ] + (condition?.options ?? []), isRepeatable: condition == nil)
    }

    package static func getObject(bucket: String, key: String, to file: String) -> AWSCall {
        AWSCall("s3api", "get-object", ["--bucket", bucket, "--key", key, file])
    }

    package static func headObject(bucket: String, key: String) -> AWSCall {
        AWSCall(
            "s3api", "head-object",
            ["--bucket", bucket, "--key", key, "--checksum-mode", "ENABLED"])
    }

    package static func deleteObject(bucket: String, key: String) -> AWSCall {
        AWSCall("s3api", "delete-object", ["--bucket", bucket, "--key", key])
    }

    package static func objects(bucket: String, prefix: String) -> AWSCall {
        AWSCall("s3api", "list-objects-v2", ["--bucket", bucket, "--prefix", prefix])
    }
}

extension AWSClient {
    /// - Returns: the entity tag of what was written; nil where the condition did not hold.
    package func putObject(
        bucket: String, key: String, file: String, condition: S3Condition? = nil,
        cancel: Cancellation? = nil
    ) throws(AWSError) -> String? {
        do {
            let answer: S3Head = try ask(
                .putObject(bucket: bucket, key: key, file: file, condition: condition),
                cancel: cancel)
            return answer.eTag ?? ""
        } catch {
            // 409 is said when two write at once: one of them wins, and it was not this one.
            let codes = ["PreconditionFailed", "ConditionalRequestConflict", "412", "409"]
            if let code = error.code, codes.contains(code) { return nil }
            // The object that was to be matched is gone.
            if case .matches = condition, error.code == "NoSuchKey" { return nil }
            throw error
        }
    }

    /// Fetches an object into a file; nil where there is none.
    ///
    /// - Returns: its entity tag.
    package func getObject(
        bucket: String, key: String, to file: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> String? {
        do {
            let answer: S3Head = try ask(
                .getObject(bucket: bucket, key: key, to: file), cancel: cancel)
            return answer.eTag ?? ""
        } catch {
            if error.code == "NoSuchKey" || error.code == "404" { return nil }
            throw error
        }
    }

    package func headObject(
        bucket: String, key: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> S3Head? {
        do {
            return try ask(.headObject(bucket: bucket, key: key), cancel: cancel)
        } catch {
            if error.code == "404" || error.code == "NoSuchKey" { return nil }
            throw error
        }
    }

    package func deleteObject(
        bucket: String, key: String, cancel: Cancellation? = nil
    ) throws(AWSError) {
        _ = try run(.deleteObject(bucket: bucket, key: key), cancel: cancel)
    }

    package func objects(
        bucket: String, prefix: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [S3Object] {
        struct Answer: Decodable { let contents: [S3Object]? }
        let answer: Answer = try ask(.objects(bucket: bucket, prefix: prefix), cancel: cancel)
        return answer.contents ?? []
    }
}
