import HTTP
import Testing

@testable import Docker

@Suite struct ImageReferenceTests {
    static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test func readsItsParts() throws {
        let tagged = try ImageReference("127.0.0.1:5000/ct/site:v1")
        #expect(tagged.host == "127.0.0.1:5000")
        #expect(tagged.name == "ct/site")
        #expect(tagged.version == "v1")
        let byDigest = try tagged.at(digest: Self.digest)
        #expect(byDigest.text == "127.0.0.1:5000/ct/site@\(Self.digest)")
        #expect(try ImageReference(byDigest.text) == byDigest)
        #expect(try ImageReference("localhost/a:t@\(Self.digest)").name == "a")
        #expect(try ImageReference("public.ecr.aws/a/b").version == "latest")
    }

    @Test(arguments: [
        "site", "library/site", "host.x/", "host.x/a:", "host.x/A:t", "host.x/../a:t",
        "host.x/a b:t",
        "host.x/a@sha256:12", "host.x/a:t/../u", "host.x/a?b:t",
    ])
    func refusesWhatIsNoneInARegistry(_ text: String) {
        #expect(throws: RegistryError.badReference(text)) { try ImageReference(text) }
    }

    @Test func asksForTheHeadOfTheManifestInTheFormItWasPushed() throws {
        let request = RegistryClient.request(for: try ImageReference("127.0.0.1:5000/a/b:t"), [])
        #expect(request.method == .head)
        #expect(request.url == "http://127.0.0.1:5000/v2/a/b/manifests/t")
        #expect(
            request.headers == [
                .init(
                    "Accept",
                    "application/vnd.docker.distribution.manifest.v2+json, "
                        + "application/vnd.docker.distribution.manifest.list.v2+json, "
                        + "application/vnd.oci.image.manifest.v1+json, "
                        + "application/vnd.oci.image.index.v1+json")
            ])
        let far = RegistryClient.request(for: try ImageReference("public.ecr.aws/a:t"), [])
        #expect(far.url == "https://public.ecr.aws/v2/a/manifests/t")
    }

    @Test func readsTheDigestOfAPush() {
        let output = """
            The push refers to repository [127.0.0.1:5000/a]
            digest: nonsense
            v1: digest: \(Self.digest) size: 528

            """
        #expect(PushedImage(pushOutput: output) == PushedImage(digest: Self.digest, size: 528))
        #expect(PushedImage(pushOutput: "v1: digest: sha256:12 size: 5") == nil)
        #expect(PushedImage(pushOutput: "") == nil)
    }
}
