import ArchiveHistory
import Digests
package import Failures
package import PipelineLedger
import Posix
import Processes
package import Slots

/// Reads what is new in the history of an archive: one listing, and the segments that the ledger does not know.
package struct HistoryReading {
    let place: ArchivePlace
    let signatures: SegmentSignatures
    let archive: String
    /// A folder of this clone's own.
    let folder: String
    let copies: SegmentCopies
    let batchBytes: Int64

    /// - Parameter batchBytes: how much is in memory at once, unless one segment is larger.
    package init(
        place: ArchivePlace, signatures: SegmentSignatures, archive: String, folder: String,
        copies: SegmentCopies, batchBytes: Int64 = 32 << 20
    ) {
        self.copies = copies
        self.batchBytes = batchBytes
        self.place = place
        self.signatures = signatures
        self.archive = archive
        self.folder = folder
    }

    /// What was found.
    package struct Outcome {
        /// Segments that were new.
        package var read = 0
        /// Segments that were read before and are gone, or have another size: what they hold is known.
        package var lost: [KnownSegment] = []
        /// Segments of which nothing is used since they are damaged, or the one before them is: what they hold is not known.
        package var damaged: [Failure] = []
        /// Segments of which nothing is used since nobody who may has signed them.
        package var untrusted: [Failure] = []
        /// What these tell of.
        package var unused: [UnusedDeployment] = []

        package var findings: [Failure] { lost.map(\.loss) + damaged + untrusted }
    }

    /// - Parameters:
    ///   - known: segments that the ledger has.
    ///   - record: keeps what was read, batch by batch.
    package func read(
        known: [KnownSegment], record: ([ReadSegment]) throws -> Void,
        isInterrupted: @escaping InterruptionCheck
    ) throws -> Outcome {
        var outcome = Outcome()
        let (listed, signed) = try list()
        outcome.lost = known.filter { $0.refused == nil && listed[$0.file] != $0.bytes }
        let used = Set(known.filter { $0.refused == nil }.map(\.file))
        var memory = try refusals()
        let unchanged =
            memory?.unchanged(among: Set(listed.keys), used: used) { signed[$0] ?? .missing }
            ?? [:]  // without signatures nothing is refused
        let new = listed.keys.filter { !used.contains($0) && unchanged[$0] == nil }.sorted()
        var chain = Chain(known: known.filter { $0.refused == nil })
        let announced = try copies.announced()
        let verified = Set(known.filter(\.isVerified).map(\.digest))
        var signers: [Digest: String] = [:]
        var refused: [SegmentFile: Refusal] = [:]
        func take(_ batch: [SegmentFile]) throws {
            let texts = try texts(batch, listed, isInterrupted)
            let segments = try judge(batch, texts, &chain, &signers)
            for segment in segments { refused[segment.file] = segment.refused }
            outcome.read += segments.count { $0.segment != nil && $0.refused == nil }
            try keep(segments, texts)
            // One that a kill kept from the ledger, if all that it follows is this clone's or verified.
            let read = segments.compactMap { judged in
                judged.read.map {
                    $0.marked(
                        isOwn: judged.file == announced
                            && $0.segment.head.previous.map(verified.contains) ?? true)
                }
            }
            try record(read)
        }
        for batch in batches(new, listed) { try take(batch) }
        // A signature in a later batch stands for these too.
        let unsigned = refused.filter { $0.value.digest.map { signers[$0] != nil } ?? false }
        let writers = Set(unsigned.keys.map(\.segment.writer))
        let again = refused.filter { !$0.value.isDamage && writers.contains($0.key.segment.writer) }
        for batch in batches(again.keys.sorted(), listed).reversed() { try take(batch) }
        var untrusted = unchanged
        for (file, refusal) in refused.sorted(by: { $0.key < $1.key }) {
            guard refusal.isDamage else {
                untrusted[file] = .init(
                    reason: refusal.reason, signature: signed[file] ?? .missing,
                    deployments: refusal.deployments)
                continue
            }
            outcome.damaged.append(Self.finding(file, "is not used: \(refusal.reason)"))
        }
        for (file, entry) in untrusted.sorted(by: { $0.key < $1.key }) {
            outcome.untrusted.append(Self.finding(file, "is not used: \(entry.reason)"))
            outcome.unused += entry.deployments
        }
        try memory?.keep(untrusted)
        return outcome
    }

    /// Why a segment is not used.
    fileprivate struct Refusal {
        let reason: String
        let isDamage: Bool
        /// Of a segment that is whole and only not trusted.
        var digest: Digest?
        var deployments: [UnusedDeployment] = []
    }

    fileprivate static func finding(_ file: SegmentFile, _ what: String) -> Failure {
        Failure(
            "archive-segment", "the archive's \(ArchivePlace.history)/\(file.name) \(what)",
            next: "see who wrote it")
    }

    private func keep(
        _ judged: [Judged], _ texts: (segments: [[UInt8]?], signatures: [[UInt8]?])
    ) throws {
        for (index, segment) in judged.enumerated() where segment.refused == nil {
            guard let bytes = texts.segments[index] else { continue }
            try copies.keep(segment.file, bytes, signature: texts.signatures[index])
        }
    }

    private func batches(
        _ files: [SegmentFile], _ sizes: [SegmentFile: Int64]
    ) -> [[SegmentFile]] {
        var batches: [[SegmentFile]] = []
        var bytes: Int64 = 0
        for file in files {
            let size = sizes[file] ?? 0  // all are listed
            if batches.isEmpty || bytes + size > batchBytes {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(file)
            bytes += size
        }
        return batches
    }

    /// The bytes of segments and, behind them, of their signatures; nil for files that are not there.
    private func texts(
        _ batch: [SegmentFile], _ sizes: [SegmentFile: Int64],
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> (segments: [[UInt8]?], signatures: [[UInt8]?]) {
        var files: [(path: RelativePath, size: Int64)] = []
        for file in batch { files.append((try RelativePath(file.name), sizes[file] ?? 0)) }
        let segments = try place.contents(files, in: ArchivePlace.history, isInterrupted)
        guard signatures.areRequired else { return (segments, batch.map { _ in nil }) }
        var names: [(path: RelativePath, size: Int64)] = []
        for file in batch { names.append((try RelativePath("\(file.name).sig"), 1 << 12)) }
        return (
            segments, try place.contents(names, in: ArchivePlace.history, isInterrupted)
        )
    }

    fileprivate struct Judged {
        let file: SegmentFile
        var segment: HistorySegment?
        var read: ReadSegment?
        var refused: Refusal?
    }

    /// Whether each segment may be used: it is whole, its name and the segment after it tell its content, and a signature stands
    /// for it. A signature stands for all segments that lead to the one that it is of, since each names the one before.
    ///
    /// - Parameter signers: by the digests of segments that a signed one follows: of two with one number it names one.
    private func judge(
        _ files: [SegmentFile], _ texts: (segments: [[UInt8]?], signatures: [[UInt8]?]),
        _ chain: inout Chain, _ signers: inout [Digest: String]
    ) throws -> [Judged] {
        var judged: [Judged] = []
        var open: [Int] = []
        for (index, file) in files.enumerated() {
            judged.append(parse(file, texts.segments[index]))
            guard let segment = judged[index].segment, let bytes = texts.segments[index] else {
                continue
            }
            let digest = Digest.of(bytes)
            guard chain.holds(segment.head.name, previous: segment.head.previous) else {
                judged[index].refuse(
                    "the segment before it is missing, or is not the one that it follows")
                continue
            }
            chain.add(segment.head.name, digest)
            open.append(index)
        }
        for index in open.reversed() {
            guard let segment = judged[index].segment, let bytes = texts.segments[index] else {
                continue
            }
            var signer = signers[Digest.of(bytes)]
            if signer == nil {
                switch try signatures.check(bytes, texts.signatures[index], in: folder) {
                case .signed(let found): signer = found
                case .refused(let reason):
                    judged[index].refused = Refusal(
                        reason: "\(reason) (\(segment.head.author.text) wrote it)",
                        isDamage: false, digest: Digest.of(bytes),
                        deployments: UnusedDeployment.all(in: segment))
                }
            }
            if let signer, let previous = segment.head.previous { signers[previous] = signer }
            judged[index].keep(bytes, signer: signer)
        }
        return judged
    }

    private func parse(_ file: SegmentFile, _ bytes: [UInt8]?) -> Judged {
        var judged = Judged(file: file)
        guard let bytes else {
            judged.refuse("it is gone")
            return judged
        }
        guard SegmentFile(file.segment, digest: Digest.of(bytes)) == file else {
            judged.refuse("its content was altered")
            return judged
        }
        do throws(SegmentError) {
            let segment = try HistorySegment(parsing: bytes)
            if segment.head.archive != archive {
                judged.refuse("it belongs to another archive")
            } else if segment.head.name != file.segment {
                judged.refuse("it names another place in the history")
            } else {
                judged.segment = segment
            }
        } catch {
            judged.refuse("\(error)")
        }
        return judged
    }

    /// The digests of segments that are known, by their names: a copied clone may have continued the series twice.
    private struct Chain {
        private var digests: [SegmentName: Set<Digest>] = [:]

        init(known: [KnownSegment]) { for segment in known { add(segment.name, segment.digest) } }

        mutating func add(_ name: SegmentName, _ digest: Digest) {
            digests[name, default: []].insert(digest)
        }

        func holds(_ name: SegmentName, previous: Digest?) -> Bool {
            guard name.number > 1 else { return previous == nil }
            let before = SegmentName(writer: name.writer, number: name.number - 1)
            return previous.map { digests[before]?.contains($0) == true } ?? false
        }
    }
}

extension HistoryReading.Judged {
    fileprivate mutating func refuse(_ reason: String) {
        refused = .init(reason: reason, isDamage: true)
    }

    fileprivate mutating func keep(_ bytes: [UInt8], signer: String?) {
        guard let segment else { return }
        read = ReadSegment(
            segment, digest: Digest.of(bytes), bytes: Int64(bytes.count),
            refused: refused?.reason, signer: signer.flatMap { $0.isEmpty ? nil : $0 })
    }
}

extension KnownSegment {
    fileprivate var loss: Failure {
        HistoryReading.finding(file, "is gone, or has another size, since it was read")
    }
}
