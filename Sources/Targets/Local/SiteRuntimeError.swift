package import Failures
import Posix

package enum SiteRuntimeError: Explained {
    case vanished(String)
    case noFreePort
    case front(String)
    case noFrontProgram
    /// The file that names the instance requests go to is there, and cannot be used.
    case frontUnreadable(path: String, cause: String, isForm: Bool)
    case recordUnreadable(path: String, cause: String)
    case portHeld(Int, by: String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .vanished(let id):
            Failure(
                "site-vanished",
                "the site \(id.prefix(12)) was removed by someone else while it started",
                run: .again)
        case .noFreePort:
            Failure(
                "no-free-port", "no free port was found on 127.0.0.1", next: "stop what holds them",
                run: "ss -ltn")
        case .front(let detail):
            Failure(
                "front-refused", "the front proxy (nginx) did not take the change", cause: detail,
                run: .again)
        case .noFrontProgram:
            Failure(
                "nginx-missing",
                "nginx was not found; it stands in front of the site here as it does on Elastic Beanstalk",
                next: "install it", run: "apt-get install nginx")
        case .frontUnreadable(let path, let cause, let isForm):
            Failure(
                "front-unreadable",
                "which instance is live is unknown: \"\(path)\" cannot be read; nothing was changed",
                cause: cause,
                next: isForm
                    ? "delete it, the next deployment writes it again"
                    : "check its owner and mode, and those of its folder",
                run: .exact(isForm ? "rm -r \(path)" : "ls -ld \(path)"))
        case .recordUnreadable(let path, let cause):
            Failure(
                "site-record-unreadable",
                "which sites run is unknown: \"\(path)\" cannot be read; nothing was stopped",
                cause: cause, next: "check its owner and mode, and those of its folder",
                run: .exact("ls -ld \(path)"))
        case .portHeld(let port, let holder):
            Failure(
                "port-taken", "port \(port) of this machine is held by \(holder)",
                next: "stop it, or set another \"port\" in the environment's file",
                run: .exact("ss -ltnp 'sport = :\(port)'"))
        }
    }
}
