/// A program of this machine that a provider starts.
package struct RequiredProgram: Hashable, Sendable {
    /// The words that print its version.
    package let words: [String]
    /// How it is installed.
    package let advice: String

    package init(_ words: [String], advice: String) {
        self.words = words
        self.advice = advice
    }

    package static let ssh = RequiredProgram(["ssh", "-V"], advice: "install OpenSSH's client")
}
