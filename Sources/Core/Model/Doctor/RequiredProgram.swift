/// A program of this machine that a provider starts.
package struct RequiredProgram: Hashable, Sendable {
    /// The words that print its version. It ends with 0 then.
    package let words: [String]
    /// How it is installed.
    package let advice: String
    /// What to do where it starts and ends with an error; nil where nothing is known but its own output.
    package let failing: String?

    package init(_ words: [String], advice: String, failing: String? = nil) {
        self.words = words
        self.advice = advice
        self.failing = failing
    }

    package static let ssh = RequiredProgram(["ssh", "-V"], advice: "install OpenSSH's client")
}
