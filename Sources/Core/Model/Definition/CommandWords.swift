/// Splits a command as a POSIX shell splits simple words (XCU 2.2 quoting), without running a shell:
/// white space separates, single quotes keep everything, double quotes keep all but `\"` and `\\`,
/// a backslash keeps the next character. Nothing is expanded.
package enum CommandWords {
    package struct Malformed: Error, Equatable {
        package let message: String
    }

    package static func split(_ text: String) throws(Malformed) -> [String] {
        var words: [String] = []
        var word: String?
        var characters = text[...]
        while let character = characters.popFirst() {
            switch character {
            case " ", "\t", "\n":
                if let complete = word { words.append(complete) }
                word = nil
            case "'":
                word = (word ?? "") + (try quoted(&characters, by: "'", escapes: false))
            case "\"":
                word = (word ?? "") + (try quoted(&characters, by: "\"", escapes: true))
            case "\\":
                guard let next = characters.popFirst() else {
                    throw Malformed(message: "a backslash ends the command")
                }
                word = (word ?? "") + String(next)
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let complete = word { words.append(complete) }
        return words
    }

    private static func quoted(
        _ characters: inout Substring, by quote: Character, escapes: Bool
    ) throws(Malformed) -> String {
        var text = ""
        while let character = characters.popFirst() {
            if character == quote { return text }
            if escapes, character == "\\", let next = characters.first, next == "\"" || next == "\\"
            {
                characters.removeFirst()
                text.append(next)
            } else {
                text.append(character)
            }
        }
        throw Malformed(message: "a quote (\(quote)) is not closed")
    }
}
