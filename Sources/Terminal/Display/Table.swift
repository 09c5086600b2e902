/// Rows of text in aligned columns, two spaces between them and none at the end of a line.
package struct Table: Sendable {
    package enum Alignment: Sendable { case left, right }

    package struct Column: Sendable {
        package let title: String
        package let alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row. Missing cells are empty; cells beyond the columns are dropped.
    package mutating func add(_ cells: [String]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(cells.prefix(columns.count) + Array(repeating: "", count: missing))
    }

    /// One line per row, cut to `width` columns where one is given; the titles first unless all of
    /// them are empty.
    package func render(width: Int? = nil, style: Style = Style(isEnabled: false)) -> [String] {
        let titles = columns.map(\.title)
        let hasTitles = titles.contains { !$0.isEmpty }
        let widths = columns.indices.map { index in
            rows.reduce(DisplayWidth.of(titles[index])) {
                max($0, DisplayWidth.of($1[index]))
            }
        }
        var lines = rows.map { line($0, widths: widths) }
        if hasTitles { lines.insert(style.bold(line(titles, widths: widths)), at: 0) }
        return lines.map { line in width.map { DisplayWidth.cut(line, to: $0) } ?? line }
    }

    private func line(_ cells: [String], widths: [Int]) -> String {
        let padded = columns.indices.map { index in
            DisplayWidth.pad(
                cells[index], to: widths[index], isRight: columns[index].alignment == .right)
        }
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
