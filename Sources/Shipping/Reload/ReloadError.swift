import Failures

/// Why a site has not read its data again.
enum ReloadError: Explained {
    case noAddress(String)
    case openSecret(url: String, header: String)
    case noSecret(header: String, variable: String)
    case refused(url: String, status: Int, text: String)
    case noMember(template: String, text: String)
    case failed(state: String, text: String)
    case overdue(url: String, seconds: Int, state: String)

    var description: String { failure.text }

    var failure: Failure {
        switch self {
        case .noAddress(let url):
            Failure(
                "reload-no-address",
                "\"\(url)\" is a path of the site, and the environment has no address",
                next: "set \"url\", or write a whole address")
        case .openSecret(let url, let header):
            Failure(
                "reload-open-secret",
                "\(url) is neither https nor on this machine: the header \"\(header)\" would be open to all "
                    + "on the way", next: "write an https address")
        case .noSecret(let header, let variable):
            Failure(
                "reload-no-secret",
                "the variable \(variable), which holds the header \"\(header)\", is not set",
                next: "export it", run: .exact("export \(variable)=…"))
        case .refused(let url, let status, let text):
            Failure(
                "reload-refused", "\(url) answered \(status)", cause: text,
                next: "see the site's log", run: "pipeline logs --instances")
        case .noMember(let template, let text):
            Failure(
                "reload-no-member", "the answer has not what \"\(template)\" needs", cause: text,
                next: "correct \"reload\" in the environment's file")
        case .failed(let state, let text):
            Failure(
                "reload-job-failed", "the job ended with \(state)", cause: text,
                next: "see the site's log", run: "pipeline logs --instances")
        case .overdue(let url, let seconds, let state):
            Failure(
                "reload-overdue",
                "the job has not ended in \(seconds) s, its last state was \(state) (\(url))",
                next: "raise \"within\" if it needs longer", run: .again)
        }
    }
}
