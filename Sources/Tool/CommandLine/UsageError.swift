import Failures

/// The command cannot be done as it was given: exit code 2.
struct UsageError: Explained {
    let failure: Failure
    var description: String { failure.text }

    init(
        _ code: String, _ headline: String, said: [String] = [], next: String? = nil,
        run command: Failure.Command? = nil
    ) {
        failure = Failure(code, headline, said: said, next: next, run: command)
    }
}
