/// Why a site has not read its data again.
enum ReloadError: Error, CustomStringConvertible {
    case noAddress(String)
    case openSecret(url: String, header: String)
    case noSecret(header: String, variable: String)
    case refused(url: String, status: Int, text: String)
    case noMember(template: String, text: String)
    case failed(state: String, text: String)
    case overdue(url: String, seconds: Int, state: String)

    var description: String {
        switch self {
        case .noAddress(let url):
            "\"\(url)\" is a path of the site, and the environment has no address: set \"url\", or write a whole "
                + "address"
        case .openSecret(let url, let header):
            "\(url) is neither https nor on this machine: the header \"\(header)\" would be open to all on the way"
        case .noSecret(let header, let variable):
            "the variable \(variable), which holds the header \"\(header)\", is not set: export it"
        case .refused(let url, let status, let text):
            "\(url) answered \(status): \(text)"
        case .noMember(let template, let text):
            "the answer has not what \"\(template)\" needs: \(text)"
        case .failed(let state, let text): "the job ended with \(state): \(text)"
        case .overdue(let url, let seconds, let state):
            "the job has not ended in \(seconds) s, its last state was \(state) (\(url))"
        }
    }
}
