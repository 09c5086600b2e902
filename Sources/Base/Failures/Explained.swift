/// An error that can tell a person everything about itself.
package protocol Explained: Error, CustomStringConvertible {
    var failure: Failure { get }
    /// All of them, where several things were found at once; at least one.
    var failures: [Failure] { get }
}

extension Explained {
    package var failures: [Failure] { [failure] }
}

extension Failure {
    /// What there is to tell about any error.
    package static func all(of error: any Error) -> [Failure] {
        if let explained = error as? any Explained { return explained.failures }
        return [
            Failure(
                "unexpected", "something failed that was not foreseen", cause: "\(error)",
                next:
                    "this is a fault of the program: please report it with the command and this text"
            )
        ]
    }

    /// The first of what there is to tell about any error.
    package init(of error: any Error) { self = Self.all(of: error)[0] }

    /// The user, or what was waited for, said stop: not a fault of anything.
    package static let interrupted = Failure("interrupted", "interrupted", run: .again)
}
