/// How values of axes and parameters are written into the names of files.
package enum NameForm: String, CaseIterable, Sendable {
    /// As `SafeName` has it: one portable component, whatever the value.
    case encoded
    /// As the value is.
    case verbatim

    /// The value as a part of a name.
    package func written(_ value: String) -> String {
        switch self {
        case .encoded: SafeName.encode(value)
        case .verbatim: value
        }
    }

    /// Why a value cannot be a part of a name; nil where it can.
    package func fault(ofValue value: String) -> String? {
        guard self == .verbatim else { return nil }
        if value.isEmpty { return "it is empty" }
        if value.utf8.contains(UInt8(ascii: "/")) { return "it holds a slash" }
        if value.utf8.contains(0) { return "it holds a zero byte" }
        return nil
    }

    /// Why no file can have this path; nil where one can.
    package func fault(ofPath path: String) -> String? {
        guard self == .verbatim else { return nil }
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            if name == "." || name == ".." { return "\"\(name)\" is no name of a file" }
            if name.utf8.count > Self.longest {
                return
                    "a name in it has \(name.utf8.count) bytes, and at most \(Self.longest) are taken"
            }
        }
        return nil
    }

    /// Bytes of one name (NAME_MAX of Linux's file systems).
    private static let longest = 255

    /// The value in a pattern that matches it alone (glob(7)).
    package func inPattern(_ value: String) -> String {
        guard self == .verbatim else { return written(value) }
        var text = ""
        for scalar in value.unicodeScalars {
            if "*?[".unicodeScalars.contains(scalar) {
                text += "[\(scalar)]"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
