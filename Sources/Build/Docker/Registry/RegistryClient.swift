package import Failures
package import HTTP
package import Processes

/// Why a registry did not answer as asked.
package enum RegistryError: Explained, Equatable {
    case unreachable(HTTPError)
    case refused(reference: String, status: Int)
    case noDigest(reference: String)
    case badReference(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .unreachable(let error):
            Failure(
                "registry-unreachable", "the registry does not answer", cause: error.description,
                next: "start it, or check its name in the environment's file", run: .again)
        case .refused(let reference, let status) where status == 401 || status == 403:
            Failure(
                "registry-denied",
                "the registry does not let \"\(reference)\" be read (status \(status))",
                next: "sign in to it", run: .exact("docker login \(Self.host(reference))"))
        case .refused(let reference, let status):
            Failure(
                "registry-refused",
                "the registry answered with status \(status) for \"\(reference)\"",
                next: "see its log", run: .again)
        case .noDigest(let reference):
            Failure(
                "registry-no-digest", "the registry did not say the digest of \"\(reference)\"",
                cause: "it does not follow the distribution specification",
                next: "use another registry")
        case .badReference(let text):
            Failure(
                "image-reference", "\"\(text)\" does not name an image in a registry",
                next: "write HOST/NAME:TAG or HOST/NAME@DIGEST")
        }
    }

    private static func host(_ reference: String) -> String {
        String(reference.prefix { $0 != "/" })
    }
}

/// Asks a registry about images (OCI distribution specification).
package struct RegistryClient: Sendable {
    /// Sent with each request; for signing in.
    package var headers: [HTTPResponse.Header] = []
    private let client = HTTPClient()

    package init(headers: [HTTPResponse.Header] = []) { self.headers = headers }

    /// The digest, `sha256:…`, that the registry has for a reference; nil when it does not have it.
    package func digest(
        of reference: ImageReference, cancel: Cancellation? = nil
    ) throws(RegistryError) -> String? {
        let request = Self.request(for: reference, headers)
        let response: HTTPResponse
        do { response = try client.send(request, cancel: cancel) } catch {
            throw .unreachable(error)
        }
        switch response.status {
        case 200:
            guard let digest = response.header("Docker-Content-Digest"), ImageDigest.isValid(digest)
            else { throw .noDigest(reference: reference.text) }
            return digest
        case 404: return nil
        default: throw .refused(reference: reference.text, status: response.status)
        }
    }

    /// The request for a manifest's head: plain http to this machine alone, as Docker does.
    static func request(
        for reference: ImageReference, _ headers: [HTTPResponse.Header]
    ) -> HTTPRequest {
        let scheme = HTTPRequest.isLoopback(reference.host) ? "http" : "https"
        let url =
            "\(scheme)://\(reference.host)/v2/\(reference.name)/manifests/\(reference.version)"
        // Without these a registry may convert the manifest, and answer with the digest of that.
        let accept = [
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json",
        ]
        return HTTPRequest(
            .head, url, headers: [.init("Accept", accept.joined(separator: ", "))] + headers)
    }
}
