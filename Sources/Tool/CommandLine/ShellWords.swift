import Terminal

/// A command as it can be given to a shell again.
enum ShellWords {
    static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// The words of a line as `line` writes them, with spaces between them and single quotes around some; nil where it
    /// holds anything else that a shell reads as more than text.
    static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in line {
            if isQuoted {
                if character == "'" { isQuoted = false } else { word = (word ?? "") + [character] }
            } else if character == "'" {
                isQuoted = true
                word = word ?? ""
            } else if character == " " {
                if let end = word { words.append(end) }
                word = nil
            } else if "\\\"$`;&|<>()*?#".contains(character) {
                return nil
            } else {
                word = (word ?? "") + [character]
            }
        }
        if let end = word { words.append(end) }
        return isQuoted ? nil : words
    }

    /// What could move the cursor or break the line is written as bytes, as bash, zsh and fish read it in `$'…'`.
    private static func quoted(_ word: String) -> String {
        if !word.isEmpty, word.unicodeScalars.allSatisfy(isPlain) { return word }
        guard Format.visible(word) != word else {
            return "'"
                + word.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
        }
        return word.unicodeScalars.reduce(into: "$'") { text, scalar in
            let one = String(scalar)
            if scalar == "\\" || scalar == "'" {
                text += "\\" + one
            } else if Format.visible(one) == one {
                text += one
            } else {
                for byte in one.utf8 {
                    text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
            }
        } + "'"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "-_./:=,@%+…".unicodeScalars.contains(scalar)
    }
}
