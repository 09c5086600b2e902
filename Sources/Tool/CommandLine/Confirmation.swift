import Arguments
import Failures
import Posix
import Terminal

/// Asks before something is destroyed: the name is to be typed, or --yes given.
enum Confirmation {
    static func isGiven(_ invocation: Invocation, _ question: String, word: String) -> Bool {
        if invocation.arguments.flag("yes") { return true }
        guard TerminalSize.isTerminal(0), TerminalSize.isTerminal(2) else {
            invocation.errors.tell([
                Failure(
                    "not-confirmed", "nobody is there to confirm; nothing was done",
                    cause: question, next: "to do it without being asked",
                    run: .again(adding: "--yes"))
            ])
            return false
        }
        invocation.tell("\(question) Type \(Format.escaped(word)) to go on:")
        if readLine(strippingNewline: true) == word { return true }
        invocation.tell("nothing was done")
        return false
    }
}
