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

    package init(
        place: ArchivePlace, signatures: SegmentSignatures, archive: String, folder: String
    ) {
        self.place = place
        self.signatures = signatures
        self.archive = archive
        self.folder = folder
    }

    /// What was found.
    package struct Outcome {
        /// Segments that were new.
        package var read = 0
        /// Segments that are not used, and why.
        package var findings: [Failure] = []
    }

    /// - Parameters:
    ///   - known: segments that the ledger has.
    ///   - record: keeps what was read, batch by batch.
    package func read(
        known: [KnownSegment], record: ([ReadSegment]) throws -> Void,
        isInterrupted: @escaping InterruptionCheck
    ) throws -> Outcome {
        var outcome = Outcome()
        let listed = try list()
        outcome.findings += missing(known, listed)
        let used = Set(known.filter { $0.refused == nil }.map(\.file))
        let new = listed.keys.filter { !used.contains($0) }.sorted()
        var chain = Chain(known: known.filter { $0.refused == nil })
        var rest = new[...]
        while !rest.isEmpty {
            let batch = Self.batch(&rest, listed)
            let texts = try texts(batch, listed, isInterrupted)
            let segments = try judge(batch, texts, &chain)
            outcome.findings += segments.compactMap { $0.refused.map(finding) }
            outcome.read += segments.count { $0.segment != nil && $0.refused == nil }
            try record(segments.compactMap(\.read))
        }
        return outcome
    }

    /// Segments by their files' names, with their bytes.
    private func list() throws -> [SegmentFile: Int64] {
        let transport = place.folder(ArchivePlace.history)
        let entries = try place.reaching { try transport.entries(of: nil) } ?? []
        var files: [SegmentFile: Int64] = [:]
        for entry in entries {
            guard let file = SegmentFile(name: entry.name), case .file(let size) = entry.kind
            else { continue }
            files[file] = size
        }
        return files
    }

    private func missing(_ known: [KnownSegment], _ listed: [SegmentFile: Int64]) -> [Failure] {
        known.compactMap { segment in
            guard listed[segment.file] != segment.bytes else { return nil }
            let what = listed[segment.file] == nil ? "is gone" : "has another size"
            return finding((segment.file, "it \(what) since it was read"))
        }
    }

    private func finding(_ refused: (file: SegmentFile, reason: String)) -> Failure {
        Failure(
            "archive-segment",
            "the archive's \(ArchivePlace.history)/\(refused.file.name) is not used: \(refused.reason)",
            next: "see who wrote it")
    }

    private static func batch(
        _ rest: inout ArraySlice<SegmentFile>, _ sizes: [SegmentFile: Int64]
    ) -> [SegmentFile] {
        var batch: [SegmentFile] = []
        var bytes: Int64 = 0
        while let file = rest.first, batch.isEmpty || bytes + (sizes[file] ?? 0) <= 32 << 20 {
            bytes += sizes[file] ?? 0
            batch.append(file)
            rest = rest.dropFirst()
        }
        return batch
    }

    /// The bytes of segments and, behind them, of their signatures; nil for files that are not there.
    private func texts(
        _ batch: [SegmentFile], _ sizes: [SegmentFile: Int64],
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> (segments: [[UInt8]?], signatures: [[UInt8]?]) {
        let transport = place.folder(ArchivePlace.history)
        var files: [(path: RelativePath, size: Int64)] = []
        for file in batch { files.append((try RelativePath(file.name), sizes[file] ?? 0)) }
        let segments = try contents(files, transport, isInterrupted)
        guard case .signers = signatures.trust else { return (segments, batch.map { _ in nil }) }
        var names: [(path: RelativePath, size: Int64)] = []
        for file in batch { names.append((try RelativePath("\(file.name).sig"), 1 << 12)) }
        return (segments, try contents(names, transport, isInterrupted))
    }

    private func contents(
        _ files: [(path: RelativePath, size: Int64)], _ transport: any Transport,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> [[UInt8]?] {
        let buffer = Contents(count: files.count)
        try place.reaching {
            try transport.read(
                files,
                take: { (number, bytes) throws(TransportError) in buffer.append(bytes, to: number)
                },
                end: { (number, exists) throws(TransportError) in
                    buffer.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
        }
        return buffer.values
    }

    fileprivate struct Judged {
        let file: SegmentFile
        var segment: HistorySegment?
        var read: ReadSegment?
        var refused: (file: SegmentFile, reason: String)?
    }

    /// Whether each segment may be used: it is whole, its name and the segment after it tell its content, and a signature stands
    /// for it. A signature stands for all segments that lead to the one that it is of, since each names the one before.
    private func judge(
        _ files: [SegmentFile], _ texts: (segments: [[UInt8]?], signatures: [[UInt8]?]),
        _ chain: inout Chain
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
        // By the digests of segments that a signed one follows: of two with one number it names one.
        var signers: [Digest: String] = [:]
        for index in open.reversed() {
            guard let segment = judged[index].segment, let bytes = texts.segments[index] else {
                continue
            }
            var signer = signers[Digest.of(bytes)]
            if signer == nil {
                switch try signatures.check(bytes, texts.signatures[index], in: folder) {
                case .signed(let found): signer = found
                case .refused(let reason):
                    judged[index].refuse(
                        "\(reason) (\(segment.head.author.text) wrote it)")
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
    fileprivate mutating func refuse(_ reason: String) { refused = (file, reason) }

    fileprivate mutating func keep(_ bytes: [UInt8], signer: String?) {
        guard let segment else { return }
        read = ReadSegment(
            segment, digest: Digest.of(bytes), bytes: Int64(bytes.count),
            refused: refused?.reason, signer: signer.flatMap { $0.isEmpty ? nil : $0 })
    }
}

/// The bytes of several files that arrive in parts.
final class Contents {
    private(set) var values: [[UInt8]?]
    private var parts: [[UInt8]]

    init(count: Int) {
        values = Array(repeating: nil, count: count)
        parts = Array(repeating: [], count: count)
    }

    func append(_ bytes: ArraySlice<UInt8>, to number: Int) { parts[number] += bytes }

    func end(_ number: Int, exists: Bool) {
        if exists { values[number] = parts[number] }
        parts[number] = []
    }
}
