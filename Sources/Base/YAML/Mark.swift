/// A place in the text: `line` and `column` count from 1, columns in Unicode scalars.
package struct Mark: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The form that editors and compilers jump to: `3:7`.
    package var description: String { "\(line):\(column)" }

    package static func < (left: Mark, right: Mark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
