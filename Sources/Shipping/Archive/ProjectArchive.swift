import Archive
import ArchiveHistory
package import Digests
import Failures
package import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes
import Slots
import Synchronization

/// A project's archive as one command uses it.
///
/// What it holds is known from the history that was read last; until `begin` or `refresh` has asked the place, that is what an
/// earlier command has read.
package final class ProjectArchive: SharedResults {
    private let definition: ArchiveConfig
    private let project: String
    let programs = ProgramVersions()
    let platform = ArchiveConnection.platform
    private let state: Mutex<State>
    /// What this command holds, by environment.
    let locks = Mutex(HeldEnvironments())

    private struct State: ~Copyable {
        /// The id of the archive; nil where it is not known.
        var archive: String?
        /// Why the place has not answered in this command: it is not asked again.
        var gone: Failure?
        var isGone: Bool { gone != nil }
        var reader: LedgerReader?
        var sender: ArchiveSender?
        var cancel: Cancellation?
        /// Of the run; nil for those who only look.
        var ledger: LedgerWriter?
        var unread: Unread = ([], [], [])
    }

    /// Segments that this command could not use, and why: since they are damaged, or not of somebody who may sign.
    typealias Unread = (
        damaged: [Failure], untrusted: [Failure], deployments: [UnusedDeployment]
    )

    var unread: Unread { state.withLock { $0.unread } }

    /// Nil where the definition has no archive.
    package init?(_ project: Project) {
        guard let archive = project.definition.archive else { return nil }
        definition = archive
        self.project = project.definition.project
        state = Mutex(State(archive: ArchiveMemory.archive))
    }

    // MARK: For a run

    /// Reads what is new, and begins to send.
    ///
    /// - Parameter onlyReads: whether nothing is made, repaired or sent there, whatever the role.
    /// - Throws: where the place is no archive of this project: that is for a person to correct.
    package func begin(_ session: RunSession, onlyReads: Bool = false) throws {
        state.withLock { state in
            state.cancel = session.cancellation
            state.ledger = session.writer
        }
        do {
            let isWriter = definition.role == .write && !onlyReads
            let known = try read(session, makes: isWriter)
            guard let (archive, lost) = known, isWriter else { return }
            repair(lost, session, archive: archive)
            let sender = ArchiveSender(
                connection(session.cancellation), archive: archive, ledger: session.writer,
                run: session.run,
                cancellation: session.cancellation, emit: session.emit)
            state.withLock { $0.sender = sender }
            sender.start()
            clearLocks(session)
        } catch let error as ArchiveError {
            guard error.isOfThePlace else { throw error }
            leave(error, session.emit)
        }
    }

    /// Sends what is left, and ends.
    package func finish() {
        releaseLocks()
        let sender = state.withLock { state in
            defer { state.sender = nil }
            return state.sender
        }
        sender?.finish()
    }

    /// Waits until all results that the ledger has are in the archive.
    ///
    /// - Throws: where they cannot be sent.
    package func sendAll() throws {
        let sender = state.withLock { $0.sender }
        try sender?.drain()
    }

    /// What adds to the archive in this run; nil where nothing can be added.
    var adding: (archive: String, sender: ArchiveSender)? {
        state.withLock { state in
            guard let archive = state.archive, let sender = state.sender, !state.isGone else {
                return nil
            }
            return (archive, sender)
        }
    }

    /// The id of the archive; nil where it is not known, or did not answer in this command.
    var current: String? { state.withLock { $0.isGone ? nil : $0.archive } }

    /// Whether a deployment waits until its release is in the archive. One who only reads adds nothing, and waits for nothing.
    var requiresReleases: Bool { definition.role == .write && definition.require == .releases }

    package func resultsWereRecorded() { state.withLock { $0.sender }?.wake() }

    /// Reads what others have added since, now that nobody else changes what it is about.
    func reread(_ session: RunSession) throws {
        guard !state.withLock({ $0.isGone }) else { return }
        do {
            _ = try read(session, makes: false)
        } catch let error as ArchiveError {
            guard error.isOfThePlace else { throw error }
            leave(error, session.emit)
        }
    }

    // MARK: For those who only look

    /// Reads what is new where no run holds the ledger; otherwise what was read last counts.
    ///
    /// - Parameter afresh: whether a place that has just not answered is asked all the same.
    package func refresh(
        afresh: Bool, note: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        try RunLock.ifFree(command: "reads the archive") {
            let writer = try LedgerWriter(path: Project.ledgerPath)
            do {
                if !afresh { try mustNotBeSilent(writer, note) }
                _ = try read(AnswerWatch(seconds: 5, nil), writer, makes: false, note)
            } catch let error as ArchiveError {
                guard error.isOfThePlace else { throw error }
                leave(error, note)
            }
        }
    }

    /// Reads what is new for a run.
    private func read(
        _ session: RunSession, makes: Bool
    ) throws -> (archive: String, lost: [KnownSegment])? {
        try read(
            AnswerWatch(seconds: 20, session.cancellation), session.writer, makes: makes,
            session.emit)
    }

    /// - Returns: the id of the archive, and segments that it has lost; nil where there is none yet.
    private func read(
        _ watch: AnswerWatch, _ ledger: LedgerWriter, makes: Bool, _ note: (RunEvent) -> Void
    ) throws -> (archive: String, lost: [KnownSegment])? {
        defer { watch.end() }
        let connection = connection(watch.cancellation)
        try setAsideUnverified(connection, ledger, note)
        let place = connection.place()
        let mark: ArchiveMark?
        do { mark = try connection.mark(place, makes: makes, note: note) } catch
            where watch.isSilent
        {
            ArchiveMemory.keep(silent: place.name, atMs: Timestamp.now().milliseconds)
            throw ArchiveError.silent(place: place.name, seconds: watch.seconds)
        }
        watch.answered()
        try ArchiveMemory.forgetSilence()
        guard let mark else {
            note(.note("there is no archive at \(place.name) yet"))
            state.withLock { $0.archive = nil }
            return nil
        }
        try ArchiveMemory.keep(archive: mark.id, at: place.name)
        let reader = try LedgerReader(path: ledger.path)
        let folder = ArchiveConnection.folder + "/reading"
        try FileSystem.createDirectories(folder, mode: 0o700)
        let outcome = try HistoryReading(
            place: place, signatures: connection.signatures, archive: mark.id, folder: folder,
            copies: ArchiveConnection.copies
        ).read(
            known: try reader.archiveSegments(mark.id),
            record: { try ledger.recordHistory($0) },
            isInterrupted: { connection.cancel?.isCancelled == true })
        ArchiveMemory.keep(readAtMs: Timestamp.now().milliseconds)
        tell(outcome.findings, note)
        state.withLock { state in
            state.archive = mark.id
            state.unread = (outcome.damaged, outcome.untrusted, outcome.unused)
        }
        return (mark.id, outcome.lost)
    }

    private func tell(_ findings: [Failure], _ note: (RunEvent) -> Void) {
        for finding in findings.prefix(3) { note(.note(finding.headline)) }
        guard findings.count > 3 else { return }
        note(.note("and \(findings.count - 3) more segments of the archive are not used"))
    }

    private func leave(_ error: ArchiveError, _ note: (RunEvent) -> Void) {
        state.withLock { $0.gone = error.failure }
        let read = ArchiveMemory.readMs.map {
            "; what it held \(Superseding.age(Timestamp.now().milliseconds / 1000 - $0 / 1000)) ago is known"
        }
        note(.note("\(error.failure.headline)\(read ?? ""); what it would give is made here"))
    }

    /// Why the place did not answer in this command; nil where it did, or was not asked.
    var silence: Failure? { state.withLock { $0.gone } }

    var isReadOnly: Bool { definition.role == .read }

    /// Of the run; nil for those who only look.
    var ledger: LedgerWriter? { state.withLock { $0.ledger } }

    func connection(_ cancel: Cancellation?) -> ArchiveConnection {
        ArchiveConnection(config: definition, project: project, cancel: cancel)
    }

    func asking<Value: Sendable>(
        _ question: (String, LedgerReader) throws -> Value
    ) throws -> Value? {
        try state.withLock { state in
            guard let archive = state.archive, !state.isGone else { return nil }
            if state.reader == nil {
                guard try FileSystem.status(Project.ledgerPath) != nil else { return nil }
                state.reader = try LedgerReader(path: Project.ledgerPath)
            }
            guard let reader = state.reader, try reader.knowsArchives() else { return nil }
            return try question(archive, reader)
        }
    }

    @discardableResult
    package func fetch(_ contents: [Digest: Int64], note: (RunEvent) -> Void) -> Set<Digest> {
        guard !state.withLock({ $0.isGone }) else { return [] }
        let cancel = state.withLock { $0.cancel }
        do {
            let found =
                try asking { archive, reader in
                    try reader.archivedObjects(contents.keys.sorted(), in: archive)
                } ?? []  // no archive was read
            // The newest of each.
            let wanted = Dictionary(found.map { ($0.digest, $0) }) { newer, _ in newer }
            return wanted.isEmpty ? [] : try fetch(Array(wanted.values), cancel, note)
        } catch let error as ArchiveError {
            leave(error, note)
        } catch  where cancel?.isCancelled == true {
            // The person ends the run.
        } catch {
            note(
                .note(
                    "the archive: \(Failure(of: error).headline); what it would give is made here"))
        }
        return []
    }

    private func fetch(
        _ wanted: [ArchivedObject], _ cancel: Cancellation?, _ note: (RunEvent) -> Void
    ) throws -> Set<Digest> {
        let fetching = ObjectFetching(
            place: connection(cancel).place(), store: Store(root: Project.storePath))
        let meter = FetchMeter(total: wanted.reduce(0) { $0 + $1.size })
        var refused: [String: TransportError] = [:]
        let arrived = try withoutActuallyEscaping(note) { note in
            try fetching.fetch(
                wanted,
                progress: { meter.add($0, note) },
                unreadable: { refused[$0] = $1 },
                isInterrupted: { cancel?.isCancelled == true })
        }
        let bytes = wanted.filter { arrived.contains($0.digest) }.reduce(0) { $0 + $1.size }
        ArchiveMemory.keep(bytes: bytes, seconds: meter.seconds)
        if !arrived.isEmpty { note(.archive(.fetched(files: arrived.count, bytes: bytes))) }
        let lacking = wanted.filter { !arrived.contains($0.digest) }.sorted { $0.path < $1.path }
        guard !lacking.isEmpty, cancel?.isCancelled != true else { return arrived }
        let files = lacking.count == 1 ? "1 file" : "\(lacking.count) files"
        let reason = lacking.lazy.compactMap { refused[$0.path]?.failure.text }.first
        note(
            .note(
                "\(files) of the archive did not arrive whole (\(reason ?? lacking[0].path)); what needs them is made here"
            ))
        // Who may not read a file has not seen that it is damaged.
        let damaged = lacking.filter { refused[$0.path]?.isForbidden != true }
        let (archive, ledger) = state.withLock { ($0.archive, $0.ledger) }
        if let archive { try ledger?.recordDamaged(damaged, in: archive, at: Timestamp.now()) }
        return arrived
    }
}
