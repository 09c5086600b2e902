import AWS
import DeployLocking
import Docker
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix

/// Images of a repository that nothing needs any more. Pure.
package enum ImageSurplus {
    package struct Image: Hashable, Sendable {
        package let digest: String
        package let tags: [String]
        /// Bytes; nil where the registry does not say.
        package let bytes: Int64?

        package init(digest: String, tags: [String], bytes: Int64?) {
            self.digest = digest
            self.tags = tags
            self.bytes = bytes
        }
    }

    /// - Parameters:
    ///   - needed: digests that stay.
    ///   - known: digests of releases that this project has made: only these can go, since what others push
    ///     is not this tool's to delete.
    package static func images(
        _ images: [Image], needed: Set<String>, known: Set<String>
    ) -> [Image] {
        images.filter { !needed.contains($0.digest) && known.contains($0.digest) }
    }
}

/// Pruning a repository of Amazon's: a public one has no rules of its own that would do it.
package struct ImagePruning {
    private let context: ShippingContext

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?
    ) throws {
        context = try ShippingContext(project, environment, ledger: ledger)
    }

    package struct Plan: Sendable {
        package let repository: String
        package let images: [ImageSurplus.Image]
        package let kept: Int
        let kind: ECRKind
        let name: String

        /// What another, newer plan deletes as well.
        package func within(_ newer: Plan) -> Plan {
            let images = images.filter { image in
                newer.images.contains { $0.digest == image.digest }
            }
            return Plan(
                repository: repository, images: images,
                kept: kept + self.images.count - images.count, kind: kind, name: name)
        }
    }

    /// - Parameter keep: so many of the newest releases keep their images, besides what is live, what a
    ///   rollback brings back, what is kept for ever, and what any operator has on record.
    package func plan(keep: Int) throws -> Plan {
        guard let cloud = context.cloud, let repository = context.environment.repository else {
            throw ShippingError.noRepository(environment: context.environment.name)
        }
        let reference = try ImageReference(repository + ":latest")
        let access = RegistryAccess(context: context)
        guard let kind = access.kind(of: reference) else {
            throw CloudError.notAmazon(repository: repository)
        }
        _ = try cloud.identity()
        let name = access.repository(reference, kind)
        let all = try cloud.client.images(kind, repository: name).map {
            ImageSurplus.Image(
                digest: $0.imageDigest, tags: $0.imageTags ?? [], bytes: $0.imageSizeInBytes)
        }
        let releases = try context.ledger?.releases(environment: context.environment.name) ?? []
        let history = try context.timeline()
        let record = try cloud.record()
        let retained =
            releases.prefix(keep).compactMap(\.image)
            + releases.filter {
                [history.live?.releaseID, history.fallback?.releaseID].contains($0.id)
            }.compactMap(\.image) + [record.live?.image, record.previous?.image].compactMap { $0 }
            + (try ReleasePins.images(of: context.environment.name, context.ledger))
        let surplus = ImageSurplus.images(
            all, needed: Set(retained.compactMap(Self.digest)),
            known: Set(releases.compactMap(\.image).compactMap(Self.digest)))
        return Plan(
            repository: repository, images: surplus, kept: all.count - surplus.count, kind: kind,
            name: name)
    }

    private static func digest(_ image: String) -> String? {
        image.split(separator: "@").dropFirst().first.map(String.init)
    }

    /// - Returns: digests that are still there, each with the reason.
    package func delete(_ plan: Plan, _ session: RunSession) throws -> [String: String] {
        guard let cloud = context.cloud, !plan.images.isEmpty else { return [:] }
        let journal = LedgerJournal(context, session)
        return try journal.record("delete-images", plan.repository) {
            try cloud.client.deleteImages(
                plan.kind, repository: plan.name, digests: plan.images.map(\.digest),
                cancel: session.cancellation)
        }
    }
}
