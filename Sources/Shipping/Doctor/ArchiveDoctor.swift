import Archive
import ArchiveHistory
import DeployTargets
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import TransportProviders

/// What is known of the project's archive: whether it answers, who is trusted, and what was found to be damaged there.
struct ArchiveDoctor {
    private static let area = "archive"

    let project: Project
    let ledger: LedgerReader?

    /// None where the project has no archive.
    func diagnoses() throws -> [Diagnosis] {
        guard let config = project.definition.archive else { return [] }
        return try [place(config), trust(config)] + damage()
    }

    private func place(_ config: ArchiveConfig) -> Diagnosis {
        let watch = AnswerWatch(seconds: 5, nil)
        defer { watch.end() }
        let connection = ArchiveConnection(
            config: config, project: project.definition.project, cancel: watch.cancellation)
        let place = connection.place()
        do {
            guard try connection.mark(place, makes: false) != nil else {
                return Diagnosis(
                    Self.area, "place", .warning, "there is no archive at \(place.name) yet",
                    advice: "a run of a clone that may write makes it")
            }
            return Diagnosis(Self.area, "place", .good, place.name)
        } catch {
            let failure =
                watch.isSilent
                ? ArchiveError.silent(place: place.name, seconds: watch.seconds).failure
                : Failure(of: error)
            guard failure.code == "archive-unreachable" else {
                return Diagnosis(
                    Self.area, "place", .bad, failure.headline, advice: failure.next ?? "")
            }
            return Diagnosis(
                Self.area, "place", .unknown, failure.headline,
                advice: "runs make everything here, and send it once the archive answers")
        }
    }

    private func trust(_ config: ArchiveConfig) throws -> Diagnosis {
        switch config.signing {
        case .key:
            guard try FileSystem.status(ArchiveConfig.allowedSigners) == nil else {
                return Diagnosis(
                    Self.area, "sign", .good,
                    "what a key of \(ArchiveConfig.allowedSigners) has signed is used")
            }
            return Diagnosis(
                Self.area, "sign", .bad,
                "\(ArchiveConfig.allowedSigners) is missing: nothing of the archive is used",
                advice: "write a line for each person and machine, as ssh-keygen(1) has it")
        case .none:
            let isOpen = try isWritableByAll(config)
            return Diagnosis(
                Self.area, "sign", isOpen ? .warning : .good,
                "none: results of everybody who can write there are used, and their code runs on this machine"
                    + (isOpen ? "; every user of this machine can write there" : ""),
                advice: isOpen
                    ? "chmod o-w \(config.options.root), or name a key that signs" : "")
        }
    }

    private func isWritableByAll(_ config: ArchiveConfig) throws -> Bool {
        guard Registry.archiveTransport(config).isLocal else { return false }
        return try (FileSystem.status(config.options.root)?.mode ?? 0) & 0o002 != 0  // none yet
    }

    private func damage() throws -> [Diagnosis] {
        guard let ledger, let archive = ArchiveMemory.archive, try ledger.knowsArchives() else {
            return []
        }
        var found: [Diagnosis] = []
        let damaged = try ledger.damagedObjects(in: archive).map(\.path)
        if let first = damaged.first {
            let files = damaged.count == 1 ? first : "\(first) and \(damaged.count - 1) more"
            found.append(
                Diagnosis(
                    Self.area, "damage", .warning, "damaged, and not replaced yet: \(files)",
                    advice: "this clone's next run puts back what it has of them"))
        }
        let refused = try ledger.archiveSegments(archive).filter { $0.refused != nil }
        if let first = refused.first, let reason = first.refused {
            let more = refused.count == 1 ? "" : ", and \(refused.count - 1) more"
            found.append(
                Diagnosis(
                    Self.area, "history", .warning,
                    "\(first.file.name) is not used: \(reason)\(more)",
                    advice: "add the signer to \(ArchiveConfig.allowedSigners), or remove the file"
                ))
        }
        return found
    }
}
