import Testing

@testable import AWS

@Suite("Addresses that stand in for AWS, and hosts of registries")
struct EndpointOverrideTests {
    private func found(
        _ variables: [String: String] = [:], profile: String? = nil, _ text: String? = nil
    ) -> [String] {
        EndpointOverride.inForce(
            profile: profile, environment: { variables[$0] }, configuration: text
        ).map { "\($0.url) by \($0.origin) for \($0.commands.joined(separator: "+"))" }
    }

    @Test("the shell's are seen, for all services and for one")
    func shell() {
        #expect(found() == [])
        #expect(found(["AWS_ENDPOINT_URL": ""]) == [])
        #expect(
            found(["AWS_ENDPOINT_URL": "http://x"]) == ["http://x by AWS_ENDPOINT_URL for "])
        #expect(
            found(["AWS_ENDPOINT_URL_S3": "http://x"])
                == ["http://x by AWS_ENDPOINT_URL_S3 for s3+s3api"])
        #expect(
            found([
                "AWS_ENDPOINT_URL": "http://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            ]) == [])
    }

    @Test("the profile's are seen: of the one that is named, of the shell's, of the default")
    func profile() {
        let text = """
            [default]
            endpoint_url = http://default
            # [profile lab]
            [profile lab]
            region = us-east-2
            services = local
            [services local]
            elastic_beanstalk =
              endpoint_url = http://eb
            s3 =
              endpoint_url = http://s3
              addressing_style = path
            [profile "two words"]
            endpoint_url=http://words
            """
        #expect(found([:], text) == ["http://default by endpoint_url of profile \"default\" for "])
        #expect(
            found([:], profile: "lab", text) == [
                "http://eb by endpoint_url of elastic_beanstalk of profile \"lab\" for elasticbeanstalk",
                "http://s3 by endpoint_url of s3 of profile \"lab\" for s3+s3api",
            ])
        #expect(
            found(["AWS_PROFILE": "two words"], text)
                == ["http://words by endpoint_url of profile \"two words\" for "])
        #expect(
            found(["AWS_ENDPOINT_URL": "http://x"], text) == ["http://x by AWS_ENDPOINT_URL for "],
            "the shell comes first")
    }

    @Test("each call is sent to its own service's address")
    func calls() {
        var settings = AWSSettings(
            region: "us-east-2", endpoint: AWSEndpoint("http://127.0.0.1:1"))
        settings.serviceEndpoints = ["sts": AWSEndpoint("http://127.0.0.1:2")].compactMapValues {
            $0
        }
        #expect(AWSCall.callerIdentity().arguments(settings).contains("http://127.0.0.1:2"))
        #expect(AWSCall.repositories(.private).arguments(settings).contains("http://127.0.0.1:1"))
    }

    @Test(
        "Amazon's registries are known by their hosts, in all partitions",
        arguments: [
            ("123456789012.dkr.ecr.us-east-2.amazonaws.com", ECRKind.private, "us-east-2"),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", .private, "us-gov-west-1"),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", .private, "cn-north-1"),
            ("123456789012.dkr-ecr.eu-central-1.on.aws", .private, "eu-central-1"),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", .private, "us-east-1"),
            (
                "123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn", .private,
                "cn-northwest-1"
            ),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", .private, "eusc-de-east-1"),
            ("public.ecr.aws", .public, nil), ("ecr-public.aws.com", .public, nil),
            ("ghcr.io", nil, nil), ("dkr.ecr.us-east-2.amazonaws.com", nil, nil),
            ("123456789012.dkr.ecr.us-east-2.amazonaws.com.evil.org", nil, nil),
            ("evil.dkr.ecr.us-east-2.amazonaws.com", nil, nil),
            ("123456789012.dkr.ecr.us-east-2.evil.com", nil, nil), ("127.0.0.1:5000", nil, nil),
        ] as [(String, ECRKind?, String?)])
    func hosts(_ host: String, _ kind: ECRKind?, _ region: String?) {
        #expect(ECRKind(host: host) == kind)
        #expect(ECRKind.region(ofHost: host) == region)
    }
}
