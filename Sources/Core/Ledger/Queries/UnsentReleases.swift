package import ArchiveHistory
import Digests
import SQLite

extension LedgerReader {
    /// A deployment of this clone's that an archive's history lacks.
    package struct UnsentDeployment: Sendable {
        package let release: ReleaseRecord
        package let deployment: DeploymentRecord
        /// Who ran it, and where.
        package let author: Author
    }

    /// Deployments that this clone has ended and that the archive does not know, the oldest first.
    package func unsentDeployments(to archive: String) throws -> [UnsentDeployment] {
        let found = try rows(
            """
            SELECT d.environment, d.id, n.user, n.host FROM deployments d
            JOIN runs n ON n.id = d.run_id
            WHERE d.user IS NULL AND d.outcome IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM archive_deployments a
                JOIN archive_segments s ON s.id = a.segment_id
                WHERE s.archive = ?1 AND a.environment = d.environment AND a.kind = d.kind
                  AND a.started_ms = d.started_ms)
            ORDER BY d.id
            """, [archive]
        ) { ($0.text(0), $0.int(1), Author(user: $0.text(2), host: $0.text(3))) }
        var known: [String: [DeploymentRecord]] = [:]
        return try found.compactMap { environment, id, author in
            let all = try known[environment] ?? deployments(environment: environment, limit: .max)
            known[environment] = all
            guard let deployment = all.first(where: { $0.id == id }),
                let release = try release(id: deployment.releaseID)
            else { return nil }
            return UnsentDeployment(release: release, deployment: deployment, author: author)
        }
    }

    /// Whether an archive's history has a release, under its number.
    package func knows(_ release: ReleaseRecord, in archive: String) throws -> Bool {
        try rows(
            """
            SELECT 1 FROM archive_releases r JOIN archive_segments s ON s.id = r.segment_id
            WHERE s.archive = ? AND r.environment = ? AND r.number = ? AND r.identity = ?
            """, [archive, release.environment, release.number, release.content.identity]
        ) { _ in true }.first ?? false
    }
}

extension ReleaseRecord {
    package var content: ReleaseContent {
        ReleaseContent(
            environment: environment, image: image, code: code, manifest: manifest, bundle: bundle,
            settings: settings)
    }
}
