/// Just enough of a terminal to see what a redraw leaves on it.
struct Screen {
    private(set) var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0

    var text: [String] { lines.map { String($0) } }

    mutating func write(_ text: String) {
        var scalars = text.unicodeScalars.map(Character.init)[...]
        while let character = scalars.popFirst() {
            switch character {
            case "\r": column = 0
            case "\n":
                row += 1
                column = 0
                if row == lines.count { lines.append([]) }
            case "\u{1B}":
                scalars = scalars.dropFirst()
                let digits = scalars.prefix { $0.isNumber }
                scalars = scalars.dropFirst(digits.count)
                control(scalars.popFirst(), Int(String(digits)) ?? 1)
            default:
                if column < lines[row].count {
                    lines[row][column] = character
                } else {
                    lines[row].append(character)
                }
                column += 1
            }
        }
    }

    private mutating func control(_ final: Character?, _ count: Int) {
        switch final {
        case "A": row = max(0, row - count)
        case "K": lines[row] = Array(lines[row].prefix(column))
        case "J":
            lines[row] = Array(lines[row].prefix(column))
            lines = Array(lines.prefix(row + 1))
        default: break
        }
    }
}
