import Glibc

/// Writing to the standard output (1) and the standard error (2) without a buffer.
package enum StandardStreams {
    /// Writes all of the text, also where the descriptor takes it in parts or is non-blocking and full.
    /// False when it cannot be written: most often since nobody reads it any more.
    @discardableResult
    package static func write(to descriptor: Int32, _ text: String) -> Bool {
        do {
            try Descriptors.write(text.utf8, to: descriptor)
            return true
        } catch {
            return false
        }
    }
}
