import Digests
import Paths
import Posix
import Texts

/// Files that installed packages brought, by the lists that their installers leave: public things, and no
/// leak of this project's.
///
/// A list is trusted for the layer that it is in, where the installer wrote both. A package that was installed
/// from a folder or a file of the project is the project's own.
struct PackageFiles {
    /// RECORD of each folder of packages (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
    private var records: [(root: String, info: String, bytes: [UInt8])] = []
    /// Folders `….dist-info` whose `direct_url.json` names a file or folder.
    private var own: Set<String> = []
    /// Lists of dpkg, a line for each path.
    private var lists: [[UInt8]] = []
    /// `conda-meta/NAME.json`, with the prefix that it is relative to.
    private var conda: [(root: String, bytes: [UInt8])] = []
    /// Folders of installed R packages.
    private var libraries: Set<String> = []
    private var parsed: [String: [String: String]] = [:]

    /// The most that is kept of one list.
    static let most = 16 << 20

    /// Whether a file is such a list, so that its content should be handed to `add`.
    static func isList(_ path: String) -> Bool {
        path.hasSuffix(".dist-info/RECORD") || path.hasSuffix(".dist-info/direct_url.json")
            || path.hasPrefix("var/lib/dpkg/info/") && path.hasSuffix(".list")
            || path.contains("conda-meta/") && path.hasSuffix(".json")
            || path.contains("/library/") && path.hasSuffix("/DESCRIPTION")
            || path.contains("/site-library/") && path.hasSuffix("/DESCRIPTION")
    }

    mutating func add(_ path: String, _ bytes: [UInt8]) {
        let folder = PathText.parent(path) ?? ""
        let parent = PathText.parent(folder) ?? ""
        if path.hasSuffix("/RECORD") {
            records.append((parent, folder, bytes))
        } else if path.hasSuffix("/direct_url.json") {
            // A local address, or anything that is not understood.
            if !bytes.text.contains("\"vcs_info\""), !bytes.text.contains("https://") {
                own.insert(folder)
            }
        } else if path.hasSuffix(".list") {
            lists.append([0x0A] + bytes + [0x0A])
        } else if path.hasSuffix("/DESCRIPTION") {
            if bytes.text.contains("\nBuilt:") { libraries.insert(folder) }
        } else {
            conda.append((parent, bytes))
        }
    }

    /// Whether a package brought the file, with this content according to its list.
    mutating func owns(_ path: String, _ digest: Digest) -> Bool {
        if isRecorded(path, digest) || isListed(path) { return true }
        guard path.hasSuffix(".pyc"), let slash = path.firstRange(of: "/__pycache__/") else {
            return false
        }
        // Compiled from a file of the package, by anyone.
        let module = path[slash.upperBound...].prefix { $0 != "." }
        return isRecorded("\(path[..<slash.lowerBound])/\(module).py", nil)
            || isListed("\(path[..<slash.lowerBound])/\(module).py")
    }

    private mutating func isRecorded(_ path: String, _ digest: Digest?) -> Bool {
        for (root, info, bytes) in records
        where path.hasPrefix(root.isEmpty ? "" : root + "/") && !own.contains(info) {
            if parsed[info] == nil { parsed[info] = Self.hashes(bytes) }
            let name = root.isEmpty ? path : String(path.dropFirst(root.utf8.count + 1))
            guard let hash = parsed[info]?[name] else { continue }
            guard let digest, hash.hasPrefix("sha256=") else { return true }
            let text = Base64.encode(digest.bytes).replacing("+", with: "-")
                .replacing("/", with: "_").prefix { $0 != "=" }
            if hash.dropFirst(7) == text { return true }
        }
        return false
    }

    /// `PATH,HASH,SIZE`; a path with a comma stands in quotes.
    private static func hashes(_ bytes: [UInt8]) -> [String: String] {
        var found: [String: String] = [:]
        for line in bytes.text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count >= 3 else { continue }
            let path = parts.dropLast(2).joined(separator: ",").filter { $0 != "\"" }
            found[path] = String(parts[parts.count - 2])
        }
        return found
    }

    private func isListed(_ path: String) -> Bool {
        for name in ["\n/\(path)\n"] + (path.hasPrefix("usr/") ? ["\n/\(path.dropFirst(4))\n"] : [])
        {
            let wanted = Array(name.utf8)
            for list in lists
            where list.withUnsafeBytes({ ByteSearch.first(wanted, in: $0, from: 0) }) != nil {
                return true
            }
        }
        for (root, bytes) in conda where path.hasPrefix(root.isEmpty ? "" : root + "/") {
            let name = root.isEmpty ? path : String(path.dropFirst(root.utf8.count + 1))
            let wanted = Array("\"\(name)\"".utf8)
            if bytes.withUnsafeBytes({ ByteSearch.first(wanted, in: $0, from: 0) }) != nil {
                return true
            }
        }
        return libraries.contains { folder in
            path.hasPrefix(folder + "/")
                && ["Meta", "R", "help", "html", "data"].contains(
                    path.dropFirst(folder.count + 1).prefix { $0 != "/" })
        }
    }
}
