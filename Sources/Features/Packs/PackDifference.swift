/// Where a pack is not what it was made from.
package struct PackDifference: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        case missing
        case unexpected
        /// A file is a folder, say.
        case kind
        case mode
        case size
        case content
        /// Of a symbolic link.
        case target
    }

    package let path: [UInt8]
    package let kind: Kind

    package init(_ path: [UInt8], _ kind: Kind) {
        self.path = path
        self.kind = kind
    }

    package var text: String { String(decoding: path, as: UTF8.self) }

    package var description: String {
        switch kind {
        case .missing: "\"\(text)\" is not in the pack"
        case .unexpected: "\"\(text)\" is in the pack only"
        case .kind: "\"\(text)\" is of another kind in the pack"
        case .mode: "\"\(text)\" has other permissions in the pack"
        case .size: "\"\(text)\" has another size in the pack"
        case .content: "\"\(text)\" has other content in the pack"
        case .target: "the link \"\(text)\" leads elsewhere in the pack"
        }
    }
}

extension PackContent {
    /// How a pack differs from this tree, by path.
    package func differences(in pack: PackContent) -> [PackDifference] {
        var differences: [PackDifference] = []
        var theirs = pack.entries[...]
        for mine in entries {
            while let next = theirs.first, next.path.lexicographicallyPrecedes(mine.path) {
                differences.append(PackDifference(next.path, .unexpected))
                theirs.removeFirst()
            }
            guard let next = theirs.first, next.path == mine.path else {
                differences.append(PackDifference(mine.path, .missing))
                continue
            }
            theirs.removeFirst()
            if let kind = difference(mine, next, in: pack) {
                differences.append(PackDifference(mine.path, kind))
            }
        }
        return differences + theirs.map { PackDifference($0.path, .unexpected) }
    }

    private func difference(
        _ mine: PackEntry, _ other: PackEntry, in pack: PackContent
    ) -> PackDifference.Kind? {
        switch (mine.kind, other.kind) {
        case (.folder, .folder): break
        case (.link(let target), .link(let found)):
            // The permissions of a link mean nothing (symlink(7)).
            return target == found ? nil : .target
        case (.file(let bytes), .file(let found)):
            if bytes != found { return .size }
            if digests[mine.path] != pack.digests[mine.path] { return .content }
        default: return .kind
        }
        return mine.mode == other.mode ? nil : .mode
    }
}
