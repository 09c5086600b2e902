package import Digests
package import Failures
import Paths
import PipelinePlanning
import Posix

/// A file that a unit made which is in the definition no more.
package struct StaleOutput: Sendable, Hashable {
    package let path: String
    package let unit: String
    /// What the unit made.
    package let digest: Digest
    /// Where the file lies: `path`, or where a run has moved it since units read all that lies in its folder.
    package private(set) var place: String

    package init(path: String, unit: String, digest: Digest, place: String? = nil) {
        self.path = path
        self.unit = unit
        self.digest = digest
        self.place = place ?? path
    }

    /// Where runs move what no unit is to find.
    package static let folder = Project.statePath + "/stale"

    package var isMoved: Bool { place != path }

    /// Whether the other one is of the same path and the same content.
    package func isSame(as other: StaleOutput) -> Bool {
        path == other.path && digest == other.digest
    }

    /// The same outputs, each with the place where its file lies.
    static func placed(_ outputs: [StaleOutput]) -> [StaleOutput] {
        guard !outputs.isEmpty, isThere(folder) else { return outputs }
        return outputs.map { output in
            let moved = "\(folder)/\(output.path)"
            guard !isThere(output.path), isThere(moved) else { return output }
            var placed = output
            placed.place = moved
            return placed
        }
    }

    /// What cannot be looked at counts as there, and is reported by its own path.
    private static func isThere(_ path: String) -> Bool {
        do { return try FileSystem.linkStatus(path) != nil } catch { return true }
    }

    /// What stands at the path now.
    package enum State: Sendable, Hashable {
        /// What the unit made: it is read by no pattern, leaves the next data release, and may be removed.
        case stale
        case absent
        /// A file of somebody's: it counts like any other, and is not to be removed.
        case kept(Reason)
        case unknown(Failure)
    }

    package enum Reason: String, Sendable, Hashable {
        case altered, declared, link

        /// For people, after the path.
        package var text: String {
            switch self {
            case .altered: "its content is not what the unit made"
            case .declared: "the definition names it"
            case .link: "it is reached through a link"
            }
        }
    }

    /// By what the ledger remembers, whether they are there or not; sorted by path.
    ///
    /// - Parameters:
    ///   - names, outputs: of all units of the definition.
    static func remembered(
        names: Set<String>, outputs: Set<String>, _ memory: [String: UnitMemory],
        unknownAxes: [String: [String]]
    ) -> [StaleOutput] {
        var stale: [StaleOutput] = []
        for (name, known) in memory where !names.contains(name) {
            // While an axis has not been asked, its units are unknown, not gone.
            let stage = String(name.prefix { $0 != "/" })
            if unknownAxes[stage]?.isEmpty == false { continue }
            // none where the unit never succeeded
            for output in known.success?.outputs ?? []
            where output.form != .folder && !outputs.contains(output.path) {
                stale.append(StaleOutput(path: output.path, unit: name, digest: output.digest))
            }
        }
        return stale.sorted { ($0.path, $0.unit) < ($1.path, $1.unit) }
    }

    /// What stands at each of these paths now. Where several units made one path, one that made what is there counts.
    ///
    /// - Parameters:
    ///   - outputs: sorted by path.
    ///   - declared: paths that the definition names one by one.
    ///   - root: the real path of the project.
    ///   - fact: what is known of a file.
    static func states(
        _ outputs: [StaleOutput], declared: Set<String>, root: String,
        fact: (String) -> FileFact
    ) -> [FormerOutput] {
        var inside: [String: Bool] = [:]
        var found: [FormerOutput] = []
        for output in outputs {
            let former = FormerOutput(
                output: output,
                state: output.state(declared: declared, root: root, inside: &inside, fact: fact))
            guard let last = found.last, last.output.path == output.path else {
                found.append(former)
                continue
            }
            if former.state == .stale { found[found.count - 1] = former }
        }
        return found
    }

    private func state(
        declared: Set<String>, root: String, inside: inout [String: Bool],
        fact: (String) -> FileFact
    ) -> State {
        if declared.contains(path) { return .kept(.declared) }
        switch Self.leadsAway(place, root: root, &inside) {
        case .failure(let error): return .unknown(.unreadable(error))
        case .success(nil): return .absent
        case .success(true): return .kept(.link)
        case .success(false): break
        }
        switch fact(place) {
        case .absent:
            // A folder, or nothing any more.
            do {
                let isFolder = try FileSystem.linkStatus(place)?.kind == .directory
                return isFolder ? .kept(.altered) : .absent
            } catch {
                return .unknown(.unreadable(error))
            }
        case .content(let found): return found == digest ? .stale : .kept(.altered)
        case .unknown(let failure): return .unknown(failure)
        }
    }

    /// Looks once more, and reads the file: to be asked right before it is removed.
    ///
    /// - Parameter root: the real path of the project.
    package func look(root: String) -> State {
        var inside: [String: Bool] = [:]
        return state(declared: [], root: root, inside: &inside) {
            FileFacts(recorded: [:]).fact($0)
        }
    }

    /// Whether the name is a link, or lies behind one; nil for nothing there.
    ///
    /// - Parameter inside: whether folders are where their paths say; what is found out is put in.
    private static func leadsAway(
        _ path: String, root: String, _ inside: inout [String: Bool]
    ) -> Result<Bool?, PosixError> {
        do {
            guard let status = try FileSystem.linkStatus(path) else { return .success(nil) }
            if status.kind == .symbolicLink { return .success(true) }
            // This program's own folder may lie elsewhere.
            if path.hasPrefix(Self.folder + "/") { return .success(false) }
            let folder = PathText.folder(path)
            if let isInside = inside[folder] { return .success(!isInside) }
            // Behind a link the same file may have another path, which somebody names.
            let real = try FileSystem.realPath(folder)
            let isInside = real == (folder == "." ? root : "\(root == "/" ? "" : root)/\(folder)")
            inside[folder] = isInside
            return .success(!isInside)
        } catch {
            return error.isNotFound ? .success(nil) : .failure(error)
        }
    }
}

/// Paths at which files may lie that are no part of a project any more: no pattern reads them, and no sync sends them.
package struct StaleFiles: Sendable, Hashable {
    package private(set) var paths: Set<String> = []
    /// Of which it cannot be determined whether they are stale: what would read or send one of them fails, by its reason.
    package private(set) var unknown: [String: Failure] = [:]

    package init() {}

    package init(_ former: [FormerOutput]) {
        for former in former {
            switch former.state {
            case .stale: paths.insert(former.output.path)
            case .unknown(let failure): unknown[former.output.path] = failure
            case .absent, .kept: break
            }
        }
    }

    var isEmpty: Bool { paths.isEmpty && unknown.isEmpty }
}

/// A path at which a unit once made a file and where there is something else now, or it cannot be determined what.
package struct FormerOutput: Sendable, Hashable {
    package let output: StaleOutput
    package let state: StaleOutput.State

    /// For people; nil for what is stale or not there.
    package var text: String? {
        switch state {
        case .stale, .absent: nil
        case .kept(let reason):
            "\(output.path) was once made by \(output.unit); \(reason.text): it is read, sent and kept like a file of yours"
        case .unknown(let failure):
            "\(output.path) was once made by \(output.unit), and it is unknown whether it still is that: \(failure.headline)"
        }
    }
}
