package import Processes

/// Amazon's registries: the private one of an account, and the public one
/// (https://docs.aws.amazon.com/AmazonECR/latest/APIReference, …/AmazonECRPublic/latest/APIReference).
package enum ECRKind: String, Hashable, Sendable, CaseIterable {
    case `private` = "ecr"
    /// Its control plane is in us-east-1 alone.
    case `public` = "ecr-public"

    /// The kind by a registry's host; nil for registries of others.
    package init?(host: String) {
        if Self.publicHosts.contains(host.lowercased()) {
            self = .public
        } else if Self.isPrivate(host) {
            self = .private
        } else {
            return nil
        }
    }

    /// The second answers over IPv6 too.
    private static let publicHosts: Set = ["public.ecr.aws", "ecr-public.aws.com"]

    /// `ACCOUNT.dkr.ecr.REGION.SUFFIX`, `ACCOUNT.dkr.ecr-fips.REGION.SUFFIX`, and the dual-stack
    /// `ACCOUNT.dkr-ecr.REGION.on.aws`, in every partition
    /// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-endpoints.html).
    private static func isPrivate(_ host: String) -> Bool { region(ofHost: host) != nil }

    /// The region that a private registry's name says; nil for all other hosts.
    package static func region(ofHost host: String) -> String? {
        let parts = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count > 4, parts[0].count == 12, parts[0].utf8.allSatisfy({ $0 &- 0x30 < 10 })
        else { return nil }
        let rest: [String]
        switch (parts[1], parts[2]) {
        case ("dkr", "ecr"), ("dkr", "ecr-fips"): rest = Array(parts[3...])
        case ("dkr-ecr", _), ("dkr-ecr-fips", _): rest = Array(parts[2...])
        default: return nil
        }
        guard let region = rest.first, region.contains("-"),
            suffixes.contains(rest.dropFirst().joined(separator: "."))
        else { return nil }
        return region
    }

    /// Of the partitions: the public ones, China, Europe's sovereign cloud, and those without the internet.
    private static let suffixes: Set = [
        "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "on.aws",
        "on.amazonwebservices.com.cn",
        "on.amazonwebservices.eu", "c2s.ic.gov", "sc2s.sgov.gov", "csp.hci.ic.gov",
        "cloud.adc-e.uk", "api.aws", "api.amazonwebservices.com.cn",
    ]

    package var region: String? { self == .public ? "us-east-1" : nil }
}

package struct ECRImage: Hashable, Sendable, Decodable {
    package let imageDigest: String
    package let imageTags: [String]?
    /// Seconds since 1970, or a date, by the version of the program: not for decisions.
    package let imageSizeInBytes: Int64?
}

package struct ECRRepository: Hashable, Sendable, Decodable {
    package let repositoryName: String
    package let repositoryUri: String
}

extension AWSCall {
    /// Answers with the password as JSON, or as a bare line: see `AWSClient.registryPassword`.
    package static func loginPassword(_ kind: ECRKind) -> AWSCall {
        AWSCall(kind.rawValue, "get-login-password", region: kind.region)
    }

    package static func repositories(_ kind: ECRKind) -> AWSCall {
        AWSCall(kind.rawValue, "describe-repositories", region: kind.region)
    }

    package static func image(
        _ kind: ECRKind, repository: String, digest: String
    ) -> AWSCall {
        AWSCall(
            kind.rawValue, "describe-images",
            ["--repository-name", repository, "--image-ids", "imageDigest=\(digest)"],
            region: kind.region)
    }

    package static func images(_ kind: ECRKind, repository: String) -> AWSCall {
        AWSCall(
            kind.rawValue, "describe-images", ["--repository-name", repository],
            region: kind.region)
    }

    package static func deleteImages(
        _ kind: ECRKind, repository: String, digests: [String]
    ) -> AWSCall {
        AWSCall(
            kind.rawValue, "batch-delete-image",
            ["--repository-name", repository, "--image-ids"]
                + digests.map { "imageDigest=\($0)" }, region: kind.region)
    }
}

extension AWSClient {
    /// A password for the user `AWS` of a registry, good for 12 hours. It is given to Docker over its
    /// standard input and to nobody else.
    package func registryPassword(
        _ kind: ECRKind, cancel: Cancellation? = nil
    ) throws(AWSError) -> [UInt8] {
        let output = try run(.loginPassword(kind), cancel: cancel)
        let password = output.filter { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        guard !password.isEmpty else {
            throw .unreadable(call: AWSCall.loginPassword(kind).name, detail: "it is empty")
        }
        return password
    }

    /// The image of this digest; nil where the repository has it no more.
    package func image(
        _ kind: ECRKind, repository: String, digest: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> ECRImage? {
        struct Answer: Decodable { let imageDetails: [ECRImage] }
        do {
            let answer: Answer = try ask(
                .image(kind, repository: repository, digest: digest), cancel: cancel)
            return answer.imageDetails.first { $0.imageDigest == digest }
        } catch {
            if error.code == "ImageNotFoundException" { return nil }
            throw error
        }
    }

    package func images(
        _ kind: ECRKind, repository: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> [ECRImage] {
        struct Answer: Decodable { let imageDetails: [ECRImage] }
        let answer: Answer = try ask(.images(kind, repository: repository), cancel: cancel)
        return answer.imageDetails
    }

    /// - Returns: digests that are still there, each with the reason.
    package func deleteImages(
        _ kind: ECRKind, repository: String, digests: [String], cancel: Cancellation? = nil
    ) throws(AWSError) -> [String: String] {
        struct Answer: Decodable {
            struct Failure: Decodable {
                struct ID: Decodable { let imageDigest: String? }
                let imageId: ID?
                let failureCode: String?
                let failureReason: String?
            }
            let failures: [Failure]?
        }
        var left: [String: String] = [:]
        // The service takes 100 at a time.
        for start in stride(from: 0, to: digests.count, by: 100) {
            let some = Array(digests[start..<min(start + 100, digests.count)])
            let answer: Answer = try ask(
                .deleteImages(kind, repository: repository, digests: some), cancel: cancel)
            for failure in answer.failures ?? [] where failure.failureCode != "ImageNotFound" {
                guard let digest = failure.imageId?.imageDigest else { continue }
                left[digest] = failure.failureReason ?? failure.failureCode ?? "no reason given"
            }
        }
        return left
    }
}
