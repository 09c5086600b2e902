import Docker
package import PipelineEngine
package import PipelineLedger
import PipelineModel

/// Images on this machine that this project has built and needs no more. `docker system prune -a` would take
/// every project's images and all of the build cache.
package struct LocalImagePruning {
    private let project: Project
    private let ledger: LedgerReader?
    private let engine = DockerEngine()

    package init(_ project: Project, ledger: LedgerReader?) {
        self.project = project
        self.ledger = ledger
    }

    package struct Plan: Sendable {
        package let names: [(name: String, size: String)]
        package let kept: Int

        /// What another, newer plan takes away as well.
        package func within(_ newer: Plan) -> Plan {
            let names = names.filter { name in newer.names.contains { $0.name == name.name } }
            return Plan(names: names, kept: kept + self.names.count - names.count)
        }
    }

    /// - Parameter keep: so many of the newest images stay, besides those that a live release, one to fall
    ///   back to, or one that is kept for ever runs.
    package func plan(keep: Int) throws -> Plan {
        let environments = try project.environmentNames().map { try project.environment($0) }
        let repositories = [project.definition.project] + environments.compactMap(\.repository)
        var needed: Set<String> = []
        for environment in environments {
            let history = try ShippingContext(project, environment, ledger: ledger).timeline()
            let ids = [history.live?.releaseID, history.fallback?.releaseID].compactMap { $0 }
            let pinned = try ReleasePins.images(of: environment.name, ledger)
            for image in try ids.compactMap({ try ledger?.release(id: $0)?.image }) + pinned {
                if let found = try engine.image(image) { needed.insert(found.id) }
            }
        }
        // Only names of images that the ledger knows: others are not this tool's to take away. Its order is
        // that of their making, which Docker tells by the second alone.
        let built = try ledger?.imageTags() ?? []
        let all = try repositories.flatMap { try engine.images(of: $0) }
            .filter { built.contains($0.tag) }
        let newest = built.prefix(keep).compactMap { tag in all.first { $0.tag == tag }?.id }
        let kept = needed.union(newest)
        let surplus = all.filter { !kept.contains($0.id) }
        return Plan(
            names: surplus.map { ($0.name, $0.size) }, kept: all.count - surplus.count)
    }

    /// Takes the names away, and each image with its last one; never one that a container uses.
    ///
    /// - Returns: names that are still there, each with the reason.
    package func delete(_ plan: Plan) -> [String: String] {
        var left: [String: String] = [:]
        for (name, _) in plan.names {
            do throws(DockerError) { try engine.removeImage(name) } catch {
                left[name] = error.description
            }
        }
        return left
    }
}
