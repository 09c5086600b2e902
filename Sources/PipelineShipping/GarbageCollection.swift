import Digests
import FoundationEssentials
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Slots

/// What the store and the outputs hold that nothing needs any more.
///
/// Needed is what the newest success of every unit made, and what every retained release of every environment is
/// made of: its data, its manifest and its code. Younger objects stay whatever they are: a run may be keeping
/// them just now, and code that is checked out again finds its results.
package struct GarbageCollection {
    private let project: Project
    private let ledger: LedgerReader?
    private let store = Store(root: Project.storePath)

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
        /// Files that units made which are in the definition no more, each with its unit.
        package var stale: [StaleOutput] = []
        package var kept = 0

        package var isEmpty: Bool { objects.isEmpty && logs.isEmpty && stale.isEmpty }
    }

    /// - Parameters:
    ///   - releases: so many of the newest of each environment keep what they are made of, besides what is
    ///     live and what a rollback brings back.
    ///   - days: objects and logs that are younger stay.
    package func plan(releases: Int, days: Int) throws -> Plan {
        let survey = try Survey(project, ledger: ledger)
        var plan = Plan()
        plan.stale = survey.stale
        let needed = try needed(survey, releases)
        let limit = Timestamp.now().nanoseconds - Int64(days) * 86_400_000_000_000
        for folder in try entries(Project.storePath) where folder.kind == .directory {
            for entry in try entries("\(Project.storePath)/\(folder.name)") {
                let path = "\(Project.storePath)/\(folder.name)/\(entry.name)"
                let digest = Digest(hex: folder.name + entry.name)
                guard let status = try FileSystem.linkStatus(path) else { continue }
                if digest.map(needed.contains) == true || status.changedNs > limit {
                    plan.kept += 1
                } else {
                    plan.objects.append(.init(path: path, bytes: status.size))
                }
            }
        }
        plan.logs = try logs(before: limit)
        return plan
    }

    private func needed(_ survey: Survey, _ count: Int) throws -> Set<Digest> {
        var needed: Set<Digest> = []
        let names = Set(survey.graph.units.map(\.name))
        for (name, memory) in survey.memory {
            // While an axis has not been asked, its units are unknown, not gone.
            let isUnknown = survey.unknownAxes[String(name.prefix { $0 != "/" })]?.isEmpty == false
            guard names.contains(name) || isUnknown else { continue }
            needed.formUnion((memory.success?.outputs ?? []).map(\.digest))
        }
        for name in try project.environmentNames() {
            let context = try ShippingContext(
                project, try project.environment(name), ledger: ledger)
            let history = try context.timeline()
            let numbers = [history.live?.release, history.fallback?.release]
            let all = try ledger?.releases(environment: name) ?? []
            for release in all.prefix(count) + all.filter({ numbers.contains($0.number) }) {
                needed.insert(release.manifest)
                needed.formUnion(
                    try context.storedManifest(release.manifest)?.entries.map(\.digest) ?? [])
                if let code = release.code { needed.formUnion(try listed(code)) }
            }
        }
        return needed
    }

    /// A listing of code, and all that it lists.
    private func listed(_ code: Digest) throws -> Set<Digest> {
        var found: Set<Digest> = [code]
        guard let listing = try store.verified(code) else { return found }
        for line in try FileSystem.readText(listing).split(separator: "\n") {
            let parts = try? JSONDecoder().decode([String].self, from: Data(line.utf8))
            if let parts, parts.count > 1, let digest = Digest(hex: parts[1]) {
                found.insert(digest)
            }
        }
        return found
    }

    private func logs(before limit: Int64) throws -> [Plan.File] {
        var found: [Plan.File] = []
        var waiting = [Project.logsPath]
        while let folder = waiting.popLast() {
            for entry in try entries(folder) {
                let path = "\(folder)/\(entry.name)"
                if entry.kind == .directory { waiting.append(path) }
                guard entry.kind == .file, let status = try FileSystem.linkStatus(path),
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

    /// Removes what the plan names; called with the project's lock held.
    package func collect(_ plan: Plan) throws {
        for file in plan.objects + plan.logs { try remove(file.path) }
        for output in plan.stale { try remove(output.path) }
    }

    private func remove(_ path: String) throws {
        guard try FileSystem.linkStatus(path) != nil else { return }
        try FileSystem.remove(path)
    }
}
