package import Failures
import Posix

/// A path below the root of a data folder, with slashes, that cannot lead out of it.
///
/// Compared by its bytes: two spellings of one name that Unicode calls equal are two files on disk, and
/// two different values here, which Swift's `String` would take for one.
package struct RelativePath: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes a path of components that are not empty, not `.` or `..`, hold no zero byte and are not
    /// longer than a file name may be.
    package init(_ text: String) throws(RelativePathError) {
        guard text.utf8.first != UInt8(ascii: "/") else {
            throw RelativePathError(text: text, reason: .absolute)
        }
        let components = text.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            if let reason = Self.fault(in: component) {
                throw RelativePathError(text: text, reason: reason)
            }
        }
        guard let first = components.first, !Self.isReserved(first) else {
            throw RelativePathError(text: text, reason: .reserved)
        }
        self.text = text
    }

    /// For what is known to be valid: a part of a valid path.
    private init(part: String) { text = part }

    /// A leftover of a filling, whose last component is a name that no manifest may hold; nil where its
    /// folders are none.
    package init?(leftover name: String) {
        if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")),
            (try? RelativePath(String(name[..<slash]))) == nil  // try?: it is refused
        {
            return nil
        }
        text = name
    }

    /// The folder that holds it; nil at the top.
    package var folder: RelativePath? {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return RelativePath(part: String(text[..<slash]))
    }

    /// All folders above it, the nearest first.
    package var folders: [RelativePath] {
        var found: [RelativePath] = []
        var next = folder
        while let path = next {
            found.append(path)
            next = path.folder
        }
        return found
    }

    package var description: String { text }

    package static func == (left: RelativePath, right: RelativePath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package static func < (left: RelativePath, right: RelativePath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    private static func fault(
        in component: Substring.UTF8View
    ) -> RelativePathError.Reason? {
        if component.isEmpty { return .emptyComponent }
        if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) { return .dots }
        if component.contains(0) { return .zeroByte }
        if component.count > 255 { return .tooLong }
        return component.starts(with: FileSystem.asidePrefix.utf8) ? .reserved : nil
    }

    private static func isReserved(_ component: Substring.UTF8View) -> Bool {
        ([SlotMarker.fileName, SlotNames.filling] + SlotNames.ofPlaces).contains {
            component.elementsEqual($0.utf8)
        }
    }
}

/// A path that a data folder does not take.
package struct RelativePathError: Explained, Equatable {
    package enum Reason: Hashable, Sendable {
        case absolute, emptyComponent, dots, zeroByte, tooLong, reserved
    }

    package let text: String
    package let reason: Reason

    package init(text: String, reason: Reason) {
        self.text = text
        self.reason = reason
    }

    package var description: String { failure.text }

    package var failure: Failure {
        let told: (String, String) =
            switch reason {
            case .absolute:
                ("the path \"\(text)\" is absolute", "write it relative to the data folder")
            case .emptyComponent:
                ("the path \"\(text)\" has an empty component", "write single slashes")
            case .dots:
                (
                    "the path \"\(text)\" holds \".\" or \"..\"",
                    "write it from the root of the data folder, which it must not leave"
                )
            case .zeroByte:
                ("the path \"\(text)\" holds a zero byte", "no file name can: take it out")
            case .tooLong:
                ("the path \"\(text)\" has a component of more than 255 bytes", "shorten it")
            case .reserved: ("the name \"\(text)\" is kept for this tool", "rename the file")
            }
        return Failure("data-path", told.0, next: told.1)
    }
}
