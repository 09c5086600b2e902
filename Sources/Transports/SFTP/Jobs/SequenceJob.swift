/// Requests that must be worked at in their order: they go out one after the other on one session, where
/// a server keeps it, and are all on their way at once.
final class SequenceJob: Job {
    private(set) var state = JobState.running
    private let requests: [Request]
    private let answer: (Int, Reply) -> SFTPError?
    private var unanswered = 0

    init(_ requests: [Request], _ answer: @escaping (Int, Reply) -> SFTPError?) {
        self.requests = requests
        self.answer = answer
        if requests.isEmpty { state = .done }
    }

    func start(on session: Session) {
        unanswered = requests.count
        for (number, request) in requests.enumerated() {
            session.send(request) { [self] reply in
                unanswered -= 1
                guard state.isRunning else { return }
                if let failure = answer(number, reply) {
                    state = .failed(failure)
                } else if unanswered == 0 {
                    state = .done
                }
            }
        }
    }
}
