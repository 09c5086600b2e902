/// A format of files whose bytes tell a whole file from a truncated one.
///
/// Each is a value in a file of its own in `Formats`; `AllFormats.swift` lists them.
package struct FileFormat: Sendable {
    /// As `check` has it in the definition.
    package let name: String
    /// Endings of names, in lower case and without the dot, that stand for this format and for no other: an output that a
    /// command writes in place is judged by its ending where its stage has no `check`.
    package let endings: [String]
    /// What its file is and what is looked at, for people, in Markdown.
    package let help: String
    private let findFault: @Sendable (any ReadableFile) throws -> String?

    /// - Parameter fault: what is wrong with a file that is not empty, after its name ("has no …"); nil where it is whole.
    init(
        _ name: String, endings: [String], help: String,
        fault: @escaping @Sendable (any ReadableFile) throws -> String?
    ) {
        self.name = name
        self.endings = endings
        self.help = help
        findFault = fault
    }

    /// The format of a name; nil where none has it.
    package init?(named name: String) {
        guard let format = Self.all.first(where: { $0.name == name }) else { return nil }
        self = format
    }

    /// The format that a path's ending stands for; nil where it stands for none of these.
    package init?(endingOf path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let ending = path[path.index(after: dot)...].lowercased()
        guard let format = Self.all.first(where: { $0.endings.contains(ending) }) else {
            return nil
        }
        self = format
    }

    /// - Returns: what is wrong with the file, after its name: "has no …"; nil where it is whole.
    /// - Throws: what reading it throws: then it is not known.
    package func fault(of file: some ReadableFile) throws -> String? {
        file.size > 0 ? try findFault(file) : "is empty"
    }
}

extension FileFormat: Hashable {
    package static func == (one: Self, other: Self) -> Bool { one.name == other.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A file as a format looks at it. What cannot be read is thrown.
package protocol ReadableFile {
    /// Bytes.
    var size: Int64 { get }
    /// The first bytes, at most `limit`.
    func head(_ limit: Int) throws -> [UInt8]
    /// The last bytes, at most `limit`.
    func tail(_ limit: Int) throws -> [UInt8]
    /// All of it, as UTF-8.
    func text() throws -> String
    /// Bytes of the file whose path is this one's with `suffix` behind it; nil where there is none.
    func size(beside suffix: String) throws -> Int64?
}
