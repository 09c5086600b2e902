/// What there is to do in the target, and what is left as it is. Made from two looks, without touching
/// anything.
package struct LinkPlan: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// In order: a folder comes before what is to be in it.
        case makeFolder([UInt8], FolderRights)
        case link([UInt8], text: String)
        /// In the place of a link into the source that leads to another file.
        case relink([UInt8], text: String, old: String)
        /// In the place of a file, or of a link that leads elsewhere.
        case replace([UInt8], text: String, old: LinkTarget.State)
        /// Of a link into the source whose file is gone.
        case remove([UInt8], old: String)
        /// Of what a killed run left.
        case clear([UInt8])

        package var path: [UInt8] {
            switch self {
            case .makeFolder(let path, _), .link(let path, _), .relink(let path, _, _),
                .replace(let path, _, _), .remove(let path, _), .clear(let path):
                path
            }
        }
    }

    package struct Conflict: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// A real file or a foreign link stands where the link is to be, and may stay.
            case kept(LinkTarget.State)
            /// A folder, or something that is no file, stands where the link is to be.
            case occupied(LinkTarget.State)
            /// No folder stands where one is to be; all below it in the source has no links.
            case noFolder(LinkTarget.State)
            /// The source has something here that gets no link.
            case skipped(LinkSource.SkipReason)
        }

        package let path: [UInt8]
        package let reason: Reason

        package init(path: [UInt8], reason: Reason) {
            self.path = path
            self.reason = reason
        }

        /// Whether links are missing that the target cannot have.
        package var isRefusal: Bool {
            switch reason {
            case .occupied, .noFolder: true
            case .kept, .skipped: false
            }
        }
    }

    package private(set) var actions: [Action] = []
    package private(set) var conflicts: [Conflict] = []
    /// Links that are right already.
    package private(set) var upToDate = 0

    /// - Parameter replace: whether real files and links that lead elsewhere give way.
    package init(source: LinkSource, target: LinkTarget, replace: Bool) {
        actions += target.leftovers.map { .clear($0) }
        var folders: Set<[UInt8]> = []
        for entry in source.entries {
            if let slash = entry.path.lastIndex(of: UInt8(ascii: "/")),
                !folders.contains(Array(entry.path[..<slash]))
            {
                continue
            }
            let state = target.states[entry.path]
            switch entry.kind {
            case .skipped(let reason):
                conflicts.append(Conflict(path: entry.path, reason: .skipped(reason)))
            case .folder(let rights):
                if let state, state != .folder {
                    conflicts.append(Conflict(path: entry.path, reason: .noFolder(state)))
                    continue
                }
                folders.insert(entry.path)
                if state == nil { actions.append(.makeFolder(entry.path, rights)) }
            case .file:
                decide(entry.path, source, state, replace)
            }
        }
        // A link at a path of the source is fixed above.
        let mended = Set(actions.map(\.path))
        for link in target.dangling where !mended.contains(link.path) {
            actions.append(.remove(link.path, old: link.text))
        }
    }

    private mutating func decide(
        _ path: [UInt8], _ source: LinkSource, _ state: LinkTarget.State?, _ replace: Bool
    ) {
        let text = source.text(of: path)
        switch state {
        case nil: actions.append(.link(path, text: text))
        case .link(let old) where old.utf8.elementsEqual(text.utf8): upToDate += 1
        case .link(let old) where source.path(of: old) != nil:
            actions.append(.relink(path, text: text, old: old))
        case .some(let old) where old == .file || old.isLink:
            if replace {
                actions.append(.replace(path, text: text, old: old))
            } else {
                conflicts.append(Conflict(path: path, reason: .kept(old)))
            }
        case .some(let old): conflicts.append(Conflict(path: path, reason: .occupied(old)))
        }
    }

    /// The links that are to be removed.
    package var removals: Int {
        actions.count { if case .remove = $0 { true } else { false } }
    }

    /// Why these removals look like a mistake; nil when they do not. A source that is not mounted is an
    /// empty folder, and all links into it would seem to dangle.
    ///
    /// - Parameter limit: how many are right; by default 20, or a fifth of the links into the source.
    package func storm(_ target: LinkTarget, limit: Int?) -> LinkError? {
        let limit = limit ?? max(20, target.linksIntoSource / 5)
        guard removals > limit else { return nil }
        return .removalStorm(count: removals, of: target.linksIntoSource, limit: limit)
    }
}

extension LinkTarget.State {
    var isLink: Bool { if case .link = self { true } else { false } }
}
