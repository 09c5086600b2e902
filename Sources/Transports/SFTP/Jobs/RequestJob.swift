/// A single request whose answer is all there is to it.
final class RequestJob: Job {
    private(set) var state = JobState.running
    private let request: Request
    private let answer: (Reply) -> SFTPError?

    /// `answer` is given the reply, and says whether it is a failure.
    init(_ request: Request, _ answer: @escaping (Reply) -> SFTPError?) {
        self.request = request
        self.answer = answer
    }

    func start(on session: Session) {
        session.send(request) { reply throws(ProtocolViolation) in
            if let failure = self.answer(reply) {
                self.state = .failed(failure)
            } else {
                self.state = .done
            }
        }
    }
}
