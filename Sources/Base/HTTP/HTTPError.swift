package import Failures
import Processes

/// Why a request has no answer. An answer with a bad status is no error.
package struct HTTPError: Explained, Equatable {
    package enum Kind: Hashable, Sendable {
        /// The program `curl` is not installed.
        case curlMissing
        case badURL
        /// The host has no address.
        case unresolved
        /// Nobody listens at the port.
        case refused
        case timedOut
        /// The certificate is not valid, or no secure connection came about.
        case tls
        /// The connection ended before the answer did.
        case connectionLost
        /// The body is larger than the limit of the request.
        case tooLarge
        case interrupted
        /// Another exit status of curl, or output that is no answer.
        case other
    }

    package let kind: Kind
    /// Where the request went, without what stands after `?` and before `@`, which may be secret.
    package let place: String
    /// What curl said; may be empty.
    package let detail: String

    package init(_ kind: Kind, url: String, detail: String = "") {
        self.kind = kind
        place = Self.place(of: url)
        self.detail = detail
    }

    package var description: String { failure.text }

    package var failure: Failure {
        switch kind {
        case .curlMissing:
            Failure(
                "curl-missing", "\"curl\" was not found", next: "install it",
                run: "apt-get install curl")
        case .badURL:
            Failure("bad-url", "\"\(place)\" is not an http or https URL", next: "correct it")
        case .unresolved:
            Failure(
                "host-unknown", "the host of \"\(place)\" has no address",
                next: "check the name and the network")
        case .refused:
            Failure(
                "connection-refused", "nothing answers at \"\(place)\"",
                next: "check that the server runs and the port is right")
        case .timedOut:
            Failure("no-answer", "\"\(place)\" did not answer in time", run: .again)
        case .tls:
            Failure(
                "tls", "no secure connection to \"\(place)\"", cause: detail,
                next: "check its certificate and this machine's clock")
        case .connectionLost:
            Failure(
                "connection-lost", "the connection to \"\(place)\" broke off", cause: detail,
                run: .again)
        case .tooLarge:
            Failure(
                "answer-too-large", "the answer of \"\(place)\" is larger than expected",
                next: "check that this is the address that is meant")
        case .interrupted: .interrupted
        case .other:
            Failure(
                "request-failed", "the request to \"\(place)\" failed", cause: detail, run: .again)
        }
    }

    /// The same, where all of an address is secret: neither it nor what curl said of it is reported.
    package var withoutPlace: HTTPError {
        HTTPError(kind, url: HTTPRequest.host(of: place).map { "https://\($0)/…" } ?? "the address")
    }

    private static func place(of url: String) -> String { HTTPRequest.shown(url) }
}

extension HTTPError.Kind {
    /// From an exit status of curl(1), section EXIT CODES.
    init(curlExit status: Int32) {
        self =
            switch status {
            case 1, 3: .badURL
            case 5, 6: .unresolved
            case 7: .refused
            case 28: .timedOut
            case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
            case 16, 18, 52, 55, 56, 92: .connectionLost
            case 63: .tooLarge
            default: .other
            }
    }

    init(_ error: ProcessError) {
        self =
            switch error {
            case .executableNotFound: .curlMissing
            case .interrupted: .interrupted
            case .timedOut: .timedOut
            default: .other
            }
    }
}
