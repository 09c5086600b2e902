import Digests
import Paths
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// What the store and the outputs hold that nothing needs any more.
///
/// Needed is what the newest success of every unit made, and what every retained release of every environment is
/// made of: its data, its manifest and its code. Younger objects stay whatever they are: a run may be keeping
/// them just now, and code that is checked out again finds its results. A list that cannot be read ends it: what it
/// names is not known, and nothing is removed then.
package struct GarbageCollection {
    private let project: Project
    private let ledger: LedgerReader?

    package init(_ project: Project, ledger: LedgerReader?) {
        self.project = project
        self.ledger = ledger
    }

    package struct Plan: Sendable {
        package struct File: Sendable, Hashable {
            package let path: String
            package let bytes: Int64
        }

        /// Objects of the store, and logs of runs.
        package var objects: [File] = []
        package var logs: [File] = []
        /// Outputs of earlier attempts that were moved away, and that nobody has moved back.
        package var quarantine: [File] = []
        /// Files that units made which are in the definition no more, and that hold what the unit made.
        package var stale: [StaleOutput] = []
        /// Files at such paths that stay, since they are not what the unit made.
        package var spared: [SparedFile] = []
        package var kept = 0

        package var isEmpty: Bool {
            [objects, logs, quarantine].allSatisfy(\.isEmpty) && stale.isEmpty
        }
    }

    /// Changes nothing.
    ///
    /// - Parameters:
    ///   - releases: so many of the newest of each environment keep what they are made of, besides what is
    ///     live and what a rollback brings back.
    ///   - days: objects and logs that are younger stay.
    ///   - skipsLost: whether releases count whose list is lost or damaged; what only they need is not kept.
    /// - Throws: `GarbageCollectionError`, or why something could not be read.
    package func plan(releases: Int, days: Int, skipsLost: Bool = false) throws -> Plan {
        let survey = try Survey(project, ledger: ledger)
        var plan = Plan()
        for former in survey.former {
            switch former.state {
            case .stale: plan.stale.append(former.output)
            case .absent: continue
            case .kept(let reason): plan.spared.append(SparedFile(former.output, reason))
            case .unknown(let failure): throw failure
            }
        }
        let needs = NeededContents(project, ledger: ledger, skipsLost: skipsLost)
        let needed = try needs.find(survey, releases: releases)
        let limit = Timestamp.now().nanoseconds - Int64(days) * 86_400_000_000_000
        for folder in try entries(Project.storePath) where folder.kind == .directory {
            for entry in try entries("\(Project.storePath)/\(folder.name)") {
                guard entry.isValidUTF8, entry.kind == .file else { continue }
                let path = "\(Project.storePath)/\(folder.name)/\(entry.name)"
                let digest = Digest(hex: folder.name + entry.name)
                let isUnfinished = entry.name.hasPrefix(FileSystem.asidePrefix)
                guard digest != nil || isUnfinished, let status = try FileSystem.linkStatus(path)
                else { continue }
                if digest.map(needed.contains) == true || status.changedNs > limit {
                    plan.kept += 1
                } else {
                    plan.objects.append(.init(path: path, bytes: status.size))
                }
            }
        }
        if !plan.objects.isEmpty, try !needs.knowsAnything(survey) {
            throw GarbageCollectionError.nothingKnown(objects: plan.objects.count)
        }
        plan.logs = try files(Project.logsPath, [.file], before: limit)
        plan.quarantine = try files(Quarantine.folder, [.file, .symbolicLink], before: limit)
        return plan
    }

    /// Files below a folder of the tool's own state that were put there before.
    private func files(
        _ folder: String, _ kinds: Set<FileKind>, before limit: Int64
    ) throws -> [Plan.File] {
        var found: [Plan.File] = []
        var waiting = [folder]
        while let folder = waiting.popLast() {
            for entry in try entries(folder) where entry.isValidUTF8 {
                let path = "\(folder)/\(entry.name)"
                if entry.kind == .directory { waiting.append(path) }
                guard kinds.contains(entry.kind), let status = try FileSystem.linkStatus(path),
                    status.changedNs <= limit
                else { continue }
                found.append(.init(path: path, bytes: status.size))
            }
        }
        return found
    }

    private func entries(_ folder: String) throws -> [DirectoryEntry] {
        guard try FileSystem.status(folder) != nil else { return [] }
        return try FileSystem.entries(of: folder)
    }

    /// Removes what the plan names; called with the project's lock held. Outputs are looked at once more.
    ///
    /// - Returns: outputs that are not what the unit made any more, and stay.
    package func collect(_ plan: Plan) throws -> [SparedFile] {
        for file in plan.objects + plan.logs { try remove(file.path) }
        for file in plan.quarantine { try empty(file) }
        let now = try Survey(project, ledger: ledger)
        var spared: [SparedFile] = []
        for former in now.former where plan.stale.contains(where: former.output.isSame(as:)) {
            // By what the definition names now, and by what is there at this moment.
            switch (former.state, former.output.look(root: project.root)) {
            case (.unknown(let failure), _), (_, .unknown(let failure)): throw failure
            case (.kept(let reason), _), (_, .kept(let reason)):
                spared.append(SparedFile(former.output, reason))
            case (.stale, .stale): try remove(former.output.place)
            case (.absent, _), (_, .absent): continue
            }
        }
        return spared
    }

    /// A file that was moved back, or replaced, is somebody's; folders go with their last file.
    private func empty(_ file: Plan.File) throws {
        guard let status = try FileSystem.linkStatus(file.path), status.size == file.bytes else {
            return
        }
        try remove(file.path)
        var folder = PathText.folder(file.path)
        while folder.hasPrefix(Quarantine.folder + "/"), try FileSystem.entries(of: folder).isEmpty
        {
            // ours: an empty folder of the tool's own state
            try FileSystem.removeDirectory(folder)
            folder = PathText.folder(folder)
        }
    }

    private func remove(_ path: String) throws {
        guard try FileSystem.linkStatus(path) != nil else { return }
        // ours: an object, a log or a quarantined output of the tool's own state, or an output that was just seen to be what its unit made
        try FileSystem.remove(path)
    }
}
