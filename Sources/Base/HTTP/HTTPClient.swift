package import Processes

/// Requests by way of the program `curl`, which brings TLS, proxies and certificates.
package struct HTTPClient: Sendable {
    package init() {}

    /// Sends a request and returns the answer, whatever its status. Redirects are not followed.
    package func send(
        _ request: HTTPRequest, cancel: Cancellation? = nil
    ) throws(HTTPError) -> HTTPResponse {
        guard let configuration = CurlCommand.configuration(for: request) else {
            throw HTTPError(.badURL, url: request.url, detail: "it holds a control character")
        }
        let output = try run(request, configuration, cancel)
        guard output.exit.isSuccess else {
            var kind = HTTPError.Kind.other
            if case .exited(let status) = output.exit { kind = HTTPError.Kind(curlExit: status) }
            throw HTTPError(kind, url: request.url, detail: Self.message(of: output))
        }
        guard !output.outputWasCut else { throw HTTPError(.tooLarge, url: request.url) }
        guard let response = ResponseReader.response(from: output.standardOutput) else {
            throw HTTPError(.other, url: request.url, detail: "the answer is not HTTP")
        }
        guard response.body.count <= request.bodyLimit else {
            throw HTTPError(.tooLarge, url: request.url)
        }
        return response
    }

    private func run(
        _ request: HTTPRequest, _ configuration: String, _ cancel: Cancellation?
    ) throws(HTTPError) -> ProcessOutput {
        do {
            // curl keeps the time itself; the limit here is for a curl that hangs.
            return try ProcessRunner.run(
                ProcessCommand(CurlCommand.arguments(for: request)),
                input: Array(configuration.utf8),
                outputLimit: request.bodyLimit + Self.headLimit, timeout: request.timeout + 10,
                cancel: cancel)
        } catch {
            throw HTTPError(HTTPError.Kind(error), url: request.url, detail: error.description)
        }
    }

    /// Room for the head of an answer; servers cap theirs well below it.
    private static let headLimit = 256 << 10

    // "curl: (22) what happened", of which the number says nothing to a person.
    private static func message(of output: ProcessOutput) -> String {
        let line = output.standardErrorText.split(separator: "\n").last ?? "\(output.exit)"[...]
        guard line.hasPrefix("curl: ("), let bracket = line.firstIndex(of: ")") else {
            return String(line)
        }
        return String(line[line.index(after: bracket)...].drop { $0 == " " })
    }
}
