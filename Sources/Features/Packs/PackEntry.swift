/// A file, folder or link in a pack, or in the tree that a pack is made from.
package struct PackEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case folder
        case file(bytes: Int64)
        /// A symbolic link, with its target as it is written there.
        case link(target: [UInt8])
        /// A device, pipe or socket. Packs made here hold none.
        case other
    }

    /// Relative to the root of the pack, which is no entry itself. Bytes: names need not be UTF-8, and two
    /// names that Unicode calls equal are two files.
    package let path: [UInt8]
    /// Permission bits.
    package let mode: UInt32
    package let kind: Kind

    package init(path: [UInt8], mode: UInt32, kind: Kind) {
        self.path = path
        self.mode = mode
        self.kind = kind
    }

    /// The path for people: bytes that are not UTF-8 are replaced.
    package var text: String { String(decoding: path, as: UTF8.self) }

    static func inOrder(_ left: PackEntry, _ right: PackEntry) -> Bool {
        left.path.lexicographicallyPrecedes(right.path)
    }
}
