package import FileFormats

/// How it is judged whether a file that a unit wrote is whole.
package enum OutputCheck: Hashable, Sendable {
    case format(FileFormat)
    /// A program that exits with 0 for a whole file; `{output}` is its path.
    case command([Template])
}
