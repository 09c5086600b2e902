package import ArchiveHistory
import Failures
package import PipelineEngine
package import PipelineLedger
import PipelineModel

/// Releases that are kept for ever, under names: pins in an archive's history, which its collection respects.
package struct ReleasePins {
    private let archiving: ReleaseArchiving
    private let ledger: LedgerReader

    /// - Throws: `Failure` where nothing can be added to an archive.
    package init(_ project: Project, _ session: RunSession) throws {
        guard let archive = project.shared as? ProjectArchive else { throw ArchiveUpkeep.noArchive }
        guard project.definition.archive?.role == .write else {
            throw Failure(
                "archive-read-only", "this clone only reads the archive (role: read)",
                next: "keep the release from a clone whose role is write")
        }
        guard let archiving = archive.archiving(session) else {
            throw Failure(
                "archive-unreachable", "the archive does not answer",
                next: "see to it that it can be reached", run: .again)
        }
        self.archiving = archiving
        ledger = session.reader
    }

    /// Releases that are kept for ever, as far as the archive's history was read.
    package static func all(_ ledger: LedgerReader?) throws -> [ArchivedPin] {
        guard let ledger, let archive = ArchiveMemory.archive, try ledger.knowsArchives() else {
            return []
        }
        return try ledger.archivedPins(in: archive)
    }

    /// The images of releases that are kept for ever, as far as the archive's history was read.
    static func images(of environment: String, _ ledger: LedgerReader?) throws -> [String] {
        guard let ledger else { return [] }
        let numbers = Set(
            try all(ledger).filter { $0.environment == environment }.map(\.release))
        return try ledger.releases(environment: environment).filter { numbers.contains($0.number) }
            .compactMap(\.image)
    }

    /// Sends what the release is made of, as far as the archive has not got it, and pins it.
    ///
    /// - Throws: `Failure` where the name is another release's, or a part of the release is lost.
    package func keep(_ release: ReleaseRecord, as name: String) throws {
        if let pin = try pin(name, release.environment) {
            guard pin.release != release.number else { return }
            throw Failure(
                "pin-taken",
                "release \(pin.release) of \(release.environment) is kept as \"\(name)\"",
                next: "choose another name, or take that one away first",
                run: .exact("pipeline keep --remove \(name) -e \(release.environment)"))
        }
        guard
            try release.archive == archiving.archive || ledger.knows(release, in: archiving.archive)
        else {
            throw Failure(
                "no-such-release",
                "the archive has no release \(release.number) of \(release.environment)",
                next: "deploy it once more from the clone that made it")
        }
        let lacking = try archiving.send(partsOf: release)
        guard lacking.isEmpty else {
            throw Failure(
                "release-incomplete",
                "release \(release.number) of \(release.environment) cannot be kept: neither this clone nor the archive has "
                    + (lacking.count == 1
                        ? lacking[0] : "\(lacking.count) of its files (\(lacking[0]) …)"),
                next: "keep it from the clone that made it")
        }
        try add(release.environment, release.number, name, isKept: true)
    }

    /// - Returns: the number of the release that is no longer kept under the name.
    /// - Throws: `Failure` where there is no such name.
    package func remove(_ name: String, environment: String) throws -> Int64 {
        guard let pin = try pin(name, environment) else {
            throw Failure(
                "no-such-pin", "no release of \(environment) is kept as \"\(name)\"",
                next: "list the names", run: "pipeline archive status")
        }
        try add(environment, pin.release, name, isKept: false)
        return pin.release
    }

    private func pin(_ name: String, _ environment: String) throws -> ArchivedPin? {
        try ledger.archivedPins(in: archiving.archive)
            .first { $0.environment == environment && $0.name == name }
    }

    private func add(
        _ environment: String, _ release: Int64, _ name: String, isKept: Bool
    ) throws {
        // After what is known of the name, whatever the clocks of other clones say: the later one counts.
        let known = try ledger.newestPin(of: name, in: environment, archive: archiving.archive)
        var segment = HistorySegment(
            head: archiving.sender.head(after: known))
        segment.pins = [
            ArchivedPin(environment: environment, release: release, name: name, isKept: isKept)
        ]
        _ = try archiving.sender.send(segment, contents: [:])
    }
}
