/// A program to start: what execve(2) needs.
package struct ProcessCommand: Hashable, Sendable {
    /// The program and its arguments. A program without a slash is looked for in the `PATH` of the child;
    /// a relative one with a slash counts from `directory`.
    package var arguments: [String]
    /// Changes to the environment of this process; nil takes a variable away.
    package var environment: [String: String?]
    /// The working directory; nil for that of this process.
    package var directory: String?
    /// Whether it leads a session of its own, and so lives on when the terminal of this one closes (setsid(2)).
    package var isSession = false

    package init(
        _ arguments: [String], environment: [String: String?] = [:], directory: String? = nil
    ) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}
