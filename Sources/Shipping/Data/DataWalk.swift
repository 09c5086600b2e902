import Failures
import Paths
package import PipelineEngine
package import PipelineModel
package import Posix
import Slots

/// Looks at every name below the data folders of a sync stage. Nothing is passed over silently.
package struct DataWalk {
    /// What the stage's data folders hold now.
    ///
    /// - Parameters:
    ///   - stale: files that stay behind since no unit makes them any more. Those of which that is unknown are refused.
    ///   - longestPath: bytes that a path may have below the target's folder.
    /// - Throws: `PosixError` for a folder that cannot be read: what is in it is not known, and to
    ///   leave it out would delete it from the target.
    package static func select(
        _ sync: SyncStage, stale: StaleFiles = StaleFiles(), longestPath: Int = 4096
    ) throws(PosixError) -> DataSelection {
        let roots = distinct(sync.data)
        var walk = DataWalk(sync, stale, longestPath, try DataLinks(roots: roots))
        for root in roots { try walk.visit(root: root) }
        walk.selection.notes += walk.use.notes(sync) + walk.twins.notes
        return walk.selection
    }

    private let sync: SyncStage
    private let stale: StaleFiles
    private let longestPath: Int
    private var links: DataLinks
    private var use: RuleUse
    private var twins = CaseCollisions()
    private var selection = DataSelection()

    private init(_ sync: SyncStage, _ stale: StaleFiles, _ longestPath: Int, _ links: DataLinks) {
        self.sync = sync
        self.stale = stale
        self.longestPath = longestPath
        self.links = links
        use = RuleUse(sync)
    }

    /// The folders without those that lie in others: no file is listed twice.
    private static func distinct(_ folders: [String]) -> [String] {
        let trimmed = folders.map { String($0.reversed().drop { $0 == "/" }.reversed()) }
        return trimmed.enumerated().filter { index, folder in
            !trimmed.enumerated().contains { other, above in
                folder.utf8.starts(with: (above + "/").utf8)
                    || (other < index && folder.utf8.elementsEqual(above.utf8))
            }
        }.map(\.element)
    }

    private mutating func visit(root: String) throws(PosixError) {
        var rules = DataRules(sync)
        let names = root.split(separator: "/").map(String.init)
        let path = try? RelativePath(root)  // try?: refused
        guard path != nil, !SlotNames.isOwn(names.first ?? "") else {
            return refuse(root, .reserved)
        }
        for name in names {
            if let pattern = rules.excludes(name, &use) { return leave(root, excluded(pattern)) }
            if name != names.last { rules = rules.below(name) }
        }
        // A data folder that is a link is what the definition says it is, wherever it leads.
        guard let status = try FileSystem.status(root) else { return leave(root, .missing) }
        let name = names.last ?? root
        switch status.kind {
        case .file: file(root, name, rules)
        case .directory:
            _ = rules.includes(name, &use)
            try folder(root, rules.below(name))
        default: refuse(root, .special)
        }
    }

    private mutating func folder(
        _ path: String, _ rules: DataRules, throughLink: Bool = false
    ) throws(PosixError) {
        let entries = try FileSystem.entries(of: path)
        if entries.isEmpty { return leave(path, .emptyFolder) }
        guard let status = try FileSystem.status(path) else { return leave(path, .missing) }
        links.enter(status, throughLink: throughLink)
        defer { links.leave() }
        var kept: [String] = []
        kept.reserveCapacity(entries.count)
        var accented: [String: String] = [:]
        for entry in entries {
            let name = entry.name
            guard entry.isValidUTF8 else {
                unreadable(entry, in: path, rules)
                continue
            }
            let inner = "\(path)/\(name)"
            if name.hasPrefix(FileSystem.asidePrefix) {
                leave(inner, .aside)
            } else if name == Project.statePath || name == Quarantine.besideName {
                leave(inner, .own)
            } else if let pattern = rules.excludes(name, &use) {
                leave(inner, excluded(pattern))
            } else if let kind = try kind(entry, inner, rules) {
                // Plain ASCII has no twins of accents, and is what nearly all names are. Swift takes
                // texts for equal that differ just in this.
                if !name.utf8.allSatisfy({ $0 < 0x80 }),
                    let other = accented.updateValue(name, forKey: name)
                {
                    refuse(
                        inner,
                        .twin(SpelledName.codePoints(name), of: SpelledName.codePoints(other)))
                    continue
                }
                kept.append(name)
                try add(inner, name, kind, rules, throughLink: entry.kind == .symbolicLink)
            }
        }
        twins.look(at: kept, in: path)
    }

    /// What a name stands for, links followed; nil for what has been left or refused.
    private mutating func kind(
        _ entry: DirectoryEntry, _ path: String, _ rules: DataRules
    ) throws(PosixError) -> FileKind? {
        let limit = longestPath
        guard path.utf8.count <= limit else {
            refuse(path, .tooLong(limit: limit))
            return nil
        }
        guard entry.kind == .symbolicLink else { return entry.kind }
        if sync.symlinks == .leave {
            leave(path, .link)
            return nil
        }
        guard rules.includes(entry.name, &use) || rules.mayInclude(below: entry.name) else {
            leave(path, .notIncluded)
            return nil
        }
        guard sync.symlinks == .follow else {
            refuse(path, .link)
            return nil
        }
        switch try links.judge(path) {
        case .leadsTo(let kind): return kind
        case .refused(let refusal): refuse(path, refusal)
        }
        return nil
    }

    private mutating func add(
        _ path: String, _ name: String, _ kind: FileKind, _ rules: DataRules, throughLink: Bool
    ) throws(PosixError) {
        switch kind {
        case .file: file(path, name, rules)
        case .directory:
            _ = rules.includes(name, &use)
            guard rules.mayInclude(below: name) else { return leave(path, .notIncluded) }
            try folder(path, rules.below(name), throughLink: throughLink)
        default: rules.includes(name, &use) ? refuse(path, .special) : leave(path, .notIncluded)
        }
    }

    private mutating func file(_ path: String, _ name: String, _ rules: DataRules) {
        if !rules.includes(name, &use) {
            leave(path, .notIncluded)
        } else if stale.paths.contains(path) {
            leave(path, .stale)
        } else if let failure = stale.unknown[path] {
            refuse(path, .unknown(failure.headline))
        } else {
            selection.files.append(path)
        }
    }

    private mutating func unreadable(
        _ entry: DirectoryEntry, in folder: String, _ rules: DataRules
    ) {
        let path = "\(folder)/\(SpelledName.bytes(entry.rawBytes))"
        if let pattern = rules.excludes(entry.name, &use) {
            leave(path, excluded(pattern))
        } else if entry.kind != .directory, !rules.includes(entry.name, &use) {
            leave(path, .notIncluded)
        } else {
            refuse(path, .notUTF8)
        }
    }

    private func excluded(_ pattern: Int) -> DataSelection.Absence {
        .excluded(by: sync.exclude[pattern].source)
    }

    private mutating func leave(_ path: String, _ reason: DataSelection.Absence) {
        selection.leftOut.append(.init(path: path, reason: reason))
    }

    private mutating func refuse(_ path: String, _ reason: DataSelection.Refusal) {
        selection.refused.append(.init(path: path, reason: reason))
    }
}
