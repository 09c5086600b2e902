/// Why a text was refused, and where. `message` is lower case and holds no place and no file name.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let mark: Mark
    package let message: String

    package init(mark: Mark, message: String) {
        self.mark = mark
        self.message = message
    }

    package var line: Int { mark.line }
    package var column: Int { mark.column }
    package var description: String { "line \(line), column \(column): \(message)" }
}
