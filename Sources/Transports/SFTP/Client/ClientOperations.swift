/// What all operations of a client share.
extension SFTPClient {
    package typealias Interruption = () -> Bool

    /// For what is over in a moment.
    package static func never() -> Bool { false }

    /// Sends requests, many at once, and throws at the first whose answer `accept` does not take.
    func ask(
        _ requests: [Request], _ operation: String, _ isInterrupted: Interruption,
        accept: @escaping (Int, Reply) -> Bool
    ) throws(SFTPError) {
        var number = 0
        try run(
            { () throws(SFTPError) in
                guard number < requests.count else { return nil }
                let (this, request) = (number, requests[number])
                number += 1
                return RequestJob(request) { reply in
                    if accept(this, reply) { return nil }
                    guard case .status(let code, let message) = reply else {
                        return .protocolViolation("\(operation) was answered by something else")
                    }
                    return .refused(
                        operation: operation, path: request.path, code, message: message)
                }
            }, isInterrupted)
    }
}

extension Request {
    /// What it is about, for messages.
    var path: String {
        switch self {
        case .open(let path, _, _), .linkStatus(let path), .status(let path),
            .setStatus(let path, _), .openFolder(let path), .remove(let path),
            .makeFolder(let path), .removeFolder(let path), .realPath(let path),
            .rename(let path, _), .readLink(let path), .replace(let path, _),
            .symbolicLink(let path, _),
            .hardLink(_, let path), .fileSystem(let path):
            "\(path)"
        case .close, .read, .handleStatus, .setHandleStatus, .readFolder, .synchronize, .limits: ""
        }
    }
}
