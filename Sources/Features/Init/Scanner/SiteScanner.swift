package import Posix
package import ProjectScaffold

/// Looks at the folder of a site, and changes nothing.
///
/// Links are not followed. Large folders are counted up to a limit: a proposal needs to know that there is
/// much, not how much.
package struct SiteScanner {
    /// Entries that are looked at, at most.
    private static let mostEntries = 200_000
    /// Texts that are read, at most, and the bytes of one.
    private static let mostTexts = 500
    private static let textLimit = 256 << 10
    /// Programs that are read, at most, and the bytes of one.
    private static let mostPrograms = 3000
    private static let programLimit: Int64 = 2 << 20
    /// Folders below the top to which names and texts count.
    private static let depth = 6

    private static let own: Set = [".pipeline", "pipeline/pipeline.yaml", "pipeline/environments"]

    private let root: String
    private var facts: SiteFacts
    private var entries = 0
    /// Files for the reader of programs, and those that may hold credentials.
    private var programs: [String] = []
    private var holders: [String] = []

    /// - Parameter root: the path of the site's folder.
    /// - Throws: `PosixError` if the folder itself cannot be read; what is below it and cannot be read is
    ///   passed over.
    package static func facts(of root: String) throws(PosixError) -> Scan {
        let path = try FileSystem.realPath(root)
        var look = SiteScanner(
            root: path,
            facts: SiteFacts(name: path.split(separator: "/").last.map(String.init) ?? ""))
        try look.visit("", depth: 0)
        return Scan(facts: look.facts, programs: look.programs, holders: look.holders)
    }

    /// What was found by looking, before any program is read.
    package struct Scan: Sendable {
        package let facts: SiteFacts
        /// Files that may be programs, below the folder.
        package let programs: [String]
        /// Files that may hold credentials.
        package let holders: [String]
    }

    private init(root: String, facts: SiteFacts) {
        self.root = root
        self.facts = facts
    }

    private mutating func visit(_ folder: String, depth: Int) throws(PosixError) {
        for entry in try FileSystem.entries(of: full(folder)) {
            guard entry.isValidUTF8 else {
                facts.unreadableNames += 1
                continue
            }
            entries += 1
            guard entries <= Self.mostEntries else {
                facts.isCutShort = true
                return
            }
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            // What the tool itself wrote is no fact about the site.
            if Self.own.contains(path) { continue }
            switch entry.kind {
            case .directory where !isNobodysWork(path, entry.name):
                if depth < Self.depth { facts.folders[path] = FolderFacts() }
                try? visit(path, depth: depth + 1)  // try?: it proposes nothing
            case .file: count(path, entry.name, depth: depth)
            default: break
            }
        }
    }

    private mutating func count(_ path: String, _ name: String, depth: Int) {
        let status = try? FileSystem.linkStatus(full(path))  // try?: it proposes nothing
        guard let status else { return }
        var folder = path.parent
        while let above = folder {
            facts.folders[above]?.count(name, bytes: status.size)
            folder = above.parent
        }
        guard depth <= Self.depth else { return }
        facts.files.insert(path)
        if status.size <= Self.programLimit {
            if programs.count < Self.mostPrograms, TextChoice.isProgram(path) {
                programs.append(path)
            }
            if holders.count < Self.mostPrograms, TextChoice.mayHoldCredentials(path) {
                holders.append(path)
            }
        }
        guard facts.texts.count < Self.mostTexts, status.size <= Self.textLimit,
            TextChoice.isTelling(path, mode: status.mode)
        else { return }
        let text = try? FileSystem.readText(full(path), limit: Self.textLimit)  // try?: as above
        // A byte order mark is no part of what stands there.
        let isMarked = text?.unicodeScalars.first == "\u{FEFF}"
        facts.texts[path] = isMarked ? text.map { String($0.unicodeScalars.dropFirst()) } : text
    }

    private func full(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

    /// Version control, fetched packages, caches, state of this tool; and environments of Python, of
    /// which the program is kept in mind.
    private mutating func isNobodysWork(_ path: String, _ name: String) -> Bool {
        let mark = try? FileSystem.status(full(path) + "/pyvenv.cfg")  // try?: as any folder
        if mark ?? nil != nil {
            let program = path + "/bin/python"
            if facts.python == nil,
                (try? FileSystem.status(full(program))) ?? nil != nil  // try?: not proposed
            {
                facts.python = program
            }
            return true
        }
        if name.hasPrefix(".") { return !TextChoice.hiddenFolders.contains(name) }
        return ["node_modules", "__pycache__", "renv", "cdk.out"].contains(name)
    }
}

extension String {
    /// The folder of a relative path; nil at the top.
    fileprivate var parent: String? {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) }
    }
}
