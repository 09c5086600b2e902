import Archive
import Failures
package import PipelineEngine
package import PipelineLedger

/// What a clone knows once it has read its archive's history.
package struct Recovery {
    /// Names the archive for people.
    package let archive: String
    package let summary: ArchiveSummary
    package let environments: [Environment]

    package struct Environment {
        package let name: String
        package let releases: Int
        package let live: DeploymentRecord?
    }

    /// - Throws: `Failure` where the archive was not read in this command.
    package init(_ archive: ProjectArchive, _ session: RunSession) throws {
        let place = archive.connection(session.cancellation).place().name
        try archive.mustHaveAnswered()
        guard let id = archive.current else {
            throw Failure(
                "archive-missing", "there is no archive at \(place)",
                cause: "what it lies on is not mounted, or no clone has made it yet",
                next: "mount it, or correct \"archive\" of pipeline/pipeline.yaml", run: .again)
        }
        let ledger = session.reader
        self.archive = place
        summary = try ledger.summary(ofArchive: id)
        environments = try ledger.environmentsWithReleases().map { name in
            Environment(
                name: name, releases: try ledger.releases(environment: name).count,
                live: try ledger.timeline(environment: name).live)
        }
    }
}
