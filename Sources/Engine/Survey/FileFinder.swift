import Failures
import Paths
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// Finds the project's files that a pattern matches. A folder is read once.
///
/// Hidden files are files like others; links are followed. What cannot be listed, and what no unit can read, is reported
/// with the files: the one who asked for these knows then that they are not all.
final class FileFinder {
    /// Paths that are wholes, whether they are files or folders: outputs of units.
    private let wholes: Set<String>
    private let foldersOfWholes: Set<String>
    private let disk: any Disk
    /// Files that are passed over unless they are named one by one: what units made that the definition no longer has.
    var passedOver = StaleFiles()
    /// Those of them that would have been found.
    private(set) var passed: Set<String> = []
    private var listings: [String: Result<[DirectoryEntry], PosixError>] = [:]

    /// The folders that were read, each as it was just before.
    private(set) var folders: [String: FileStatus] = [:]
    /// The folders that were looked for and are not there.
    private(set) var missingFolders: [String] = []
    /// Whether any of them holds a symbolic link, so that more than the folders decides what was found.
    private(set) var hasLinks = false

    /// - Parameter folders: every folder that one of `wholes` lies in.
    init(
        wholes: Set<String> = [], folders: Set<String> = [], on disk: any Disk = SystemDisk()
    ) {
        self.disk = disk
        self.wholes = wholes
        foldersOfWholes = folders
    }

    /// Files sorted by folder; a plain path of a folder stands for all below it, and so does a folder that a pattern
    /// matches, unless units write into it.
    func files(_ pattern: PathPattern) -> FoundFiles {
        var found = FoundFiles()
        if let path = pattern.wholePath {
            whole(path, into: &found)
            return found
        }
        var walk = PatternWalk([pattern])
        let start = pattern.fixedFolder
        for name in start.split(separator: "/") { walk = walk.below(String(name)) }
        if let whole = whole(holding: start) {
            found.paths = [whole]
            return found
        }
        var trail = FolderTrail(above: start, on: disk)
        matching(start, walk, &trail, into: &found)
        return found
    }

    /// The output of a unit that a path is, or lies in: read as a whole.
    private func whole(holding path: String) -> String? {
        guard !wholes.isEmpty else { return nil }
        return wholes.contains(path) ? path : PathText.ancestors(path).first(where: wholes.contains)
    }

    // MARK: One path and all below it

    private func whole(_ path: String, into found: inout FoundFiles) {
        if let whole = whole(holding: path) {
            found.paths = [whole]
            return
        }
        do {
            guard let status = try disk.status(path) else { return }
            guard status.kind == .directory else {
                // What is neither is found out by who reads it.
                found.paths.append(path)
                return
            }
            var trail = FolderTrail(above: path, on: disk)
            below(path, &trail, into: &found)
        } catch {
            found.unreadable.append(.unreadable(error))
        }
    }

    private func below(_ folder: String, _ trail: inout FolderTrail, into found: inout FoundFiles) {
        let entries = listing(folder, &found)
        guard !entries.isEmpty else { return }
        trail.enter(folders[folder])
        defer { trail.leave() }
        var names = SpelledNames()
        for entry in entries {
            guard let path = path(of: entry, in: folder) else { continue }
            guard entry.isValidUTF8 else {
                found.unreadable.append(.nameNotUTF8(path))
                continue
            }
            names.add(entry.name, path, &found)
            switch entry.kind {
            case .file: add(path, to: &found)
            case .directory where wholes.contains(path): found.paths.append(path)
            case .directory: below(path, &trail, into: &found)
            case .symbolicLink: link(path, &trail, into: &found)
            case .other: found.unreadable.append(.specialFile(path))
            }
        }
    }

    private func add(_ path: String, to found: inout FoundFiles) {
        if passedOver.isEmpty {
            found.paths.append(path)
        } else if passedOver.paths.contains(path) {
            passed.insert(path)
        } else {
            found.paths.append(path)
            if let failure = passedOver.unknown[path] { found.unreadable.append(failure) }
        }
    }

    private func link(_ path: String, _ trail: inout FolderTrail, into found: inout FoundFiles) {
        switch trail.classify(path) {
        case .file: add(path, to: &found)
        case .folder: trail.throughLink { below(path, &$0, into: &found) }
        case .refused(let failure): found.unreadable.append(failure)
        }
    }

    // MARK: A pattern

    private func matching(
        _ folder: String, _ walk: PatternWalk, _ trail: inout FolderTrail,
        into found: inout FoundFiles
    ) {
        let entries = listing(folder, &found)
        guard !entries.isEmpty else { return }
        trail.enter(folders[folder.isEmpty ? "." : folder])
        defer { trail.leave() }
        var names = SpelledNames()
        for entry in entries {
            guard let path = path(of: entry, in: folder) else { continue }
            let isMatch = walk.matchesItself(entry.name)
            if isMatch {
                guard entry.isValidUTF8 else {
                    found.unreadable.append(.nameNotUTF8(path))
                    continue
                }
                names.add(entry.name, path, &found)
            }
            switch entry.kind {
            case .file: if isMatch { add(path, to: &found) }
            case .directory: inner(path, entry, isMatch, walk, &trail, into: &found)
            case .symbolicLink:
                let inside = walk.below(entry.name)
                guard isMatch || inside.isOpen else { continue }
                switch trail.classify(path) {
                case .file: if isMatch { add(path, to: &found) }
                case .folder:
                    trail.throughLink { inner(path, entry, isMatch, walk, &$0, into: &found) }
                // What leads nowhere holds nothing that could match.
                case .refused(let failure): if isMatch { found.unreadable.append(failure) }
                }
            case .other: if isMatch { found.unreadable.append(.specialFile(path)) }
            }
        }
    }

    private func inner(
        _ path: String, _ entry: DirectoryEntry, _ isMatch: Bool, _ walk: PatternWalk,
        _ trail: inout FolderTrail, into found: inout FoundFiles
    ) {
        if wholes.contains(path) {
            if isMatch { found.paths.append(path) }
        } else if isMatch, !foldersOfWholes.contains(path) {
            below(path, &trail, into: &found)
        } else {
            let inside = walk.below(entry.name)
            if inside.isOpen { matching(path, inside, &trail, into: &found) }
        }
    }

    // MARK: Folders

    /// - Returns: nil for what is this program's own.
    private func path(of entry: DirectoryEntry, in folder: String) -> String? {
        if entry.name.utf8.first == UInt8(ascii: "."), OwnFiles.isState(entry.name) { return nil }
        return folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
    }

    private func listing(_ folder: String, _ found: inout FoundFiles) -> [DirectoryEntry] {
        let path = folder.isEmpty ? "." : folder
        let listing = listings[path] ?? look(path)
        listings[path] = listing
        switch listing {
        case .success(let entries):
            if !hasLinks { hasLinks = entries.contains { $0.kind == .symbolicLink } }
            return entries
        case .failure(let error):
            found.unreadable.append(.unreadable(error))
            return []
        }
    }

    private func look(_ path: String) -> Result<[DirectoryEntry], PosixError> {
        do {
            guard let status = try disk.status(path) else {
                missingFolders.append(path)
                return .success([])
            }
            folders[path] = status
            guard status.kind == .directory else { return .success([]) }
            return .success(try disk.entries(of: path))
        } catch {
            return .failure(error)
        }
    }
}

/// Names beside each other that Unicode calls equal (an accent composed or not): two files on disk, and one for
/// everything that compares texts, here and in the browsers of a site's users.
private struct SpelledNames {
    private var accented: Set<String> = []

    mutating func add(_ name: String, _ path: String, _ found: inout FoundFiles) {
        // Plain ASCII has no twins, and is what nearly all names are.
        if !name.utf8.allSatisfy({ $0 < 0x80 }), !accented.insert(name).inserted {
            found.unreadable.append(.twin(path))
        }
    }
}
