import Digests

/// The list that the check on the instance compares files by, in the form of sha256sum(1).
///
/// sha256sum is part of coreutils, which every instance has, and it reads a name with a line end or a
/// backslash in its escaped form. Names begin with `./`, so that none is taken for the standard input (`-`).
struct DigestList {
    let entry: BundleEntry
    /// How many of the manifest's files are pickles.
    let pickles: Int

    /// Nil where nothing is to be compared.
    init?(_ settings: BundleSettings) throws(BundleError) {
        let pickles = settings.files.filter { Self.isPickle($0.path) }
        let listed: [BundleSettings.File]
        let name: String
        switch settings.verification {
        case .marker: return nil
        case .pickles: (listed, name) = (pickles, "pickles.sha256")
        case .full: (listed, name) = (settings.files, "files.sha256")
        }
        var text = ""
        for file in listed.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            text += try Self.line(file)
        }
        entry = BundleEntry(path: "\(GeneratedPath.folder)/\(name)", text: text)
        self.pickles = pickles.count
    }

    static func isPickle(_ path: String) -> Bool {
        [".pkl", ".pickle"].contains { path.utf8.reversed().starts(with: $0.utf8.reversed()) }
    }

    private static func line(_ file: BundleSettings.File) throws(BundleError) -> String {
        let components = file.path.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            !file.path.utf8.contains(0)
        else {
            throw .badFilePath(file.path, reason: "it must be a path inside the slot")
        }
        // Versions of sha256sum do not agree on how it is escaped (coreutils 9.0, NEWS).
        guard !file.path.utf8.contains(UInt8(ascii: "\r")) else {
            throw .badFilePath(file.path, reason: "its name holds a carriage return; rename it")
        }
        var name = "./"
        var isEscaped = false
        for scalar in file.path.unicodeScalars {
            switch scalar {
            case "\\": (name, isEscaped) = (name + "\\\\", true)
            case "\n": (name, isEscaped) = (name + "\\n", true)
            default: name.unicodeScalars.append(scalar)
            }
        }
        return "\(isEscaped ? "\\" : "")\(file.digest.hex)  \(name)\n"
    }
}
