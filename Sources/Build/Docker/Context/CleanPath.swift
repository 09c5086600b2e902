/// The lexical cleaning of Go's `path/filepath.Clean`, by which Docker prepares patterns.
enum CleanPath {
    /// Takes out empty and `.` components, and `..` together with the one before it; "." when nothing
    /// is left. Works on bytes, since Swift compares texts by canonical equivalence.
    static func clean(_ path: String) -> String {
        let isRooted = path.utf8.first == UInt8(ascii: "/")
        var kept: [Substring] = []
        for component in path.unicodeScalars.split(separator: "/").map({ Substring($0) }) {
            if component.utf8.elementsEqual(".".utf8) { continue }
            guard component.utf8.elementsEqual("..".utf8) else {
                kept.append(component)
                continue
            }
            if let last = kept.last, !last.utf8.elementsEqual("..".utf8) {
                kept.removeLast()
            } else if !isRooted {
                kept.append(component)
            }
        }
        let joined = kept.joined(separator: "/")
        return isRooted ? "/" + joined : joined.isEmpty ? "." : joined
    }
}
