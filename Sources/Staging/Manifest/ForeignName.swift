/// A name in a slot that no manifest can hold, because it is not UTF-8: it can be seen and removed, byte by
/// byte, and is passed over otherwise.
package struct ForeignName: Hashable, Sendable {
    /// Nil at the top.
    package let folder: RelativePath?
    /// Never empty, `.` or `..`, and without a slash or a zero byte.
    package let bytes: [UInt8]
    package let isFolder: Bool

    package init(folder: RelativePath?, bytes: [UInt8], isFolder: Bool) {
        self.folder = folder
        self.bytes = bytes
        self.isFolder = isFolder
    }

    /// The path for people: bytes that are not printable ASCII as `\xff`.
    package var text: String {
        (folder.map { "\($0)/" } ?? "") + Self.spelled(bytes)
    }

    package static func spelled(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        return bytes.reduce(into: "") { text, byte in
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x"
                text.unicodeScalars.append(digits[Int(byte >> 4)])
                text.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
    }
}
