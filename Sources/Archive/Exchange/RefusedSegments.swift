import ArchiveHistory
import Digests
import JSON
import Posix
import Slots

/// A deployment that a segment tells of which is not used.
package struct UnusedDeployment: Hashable, Sendable {
    package let environment: String
    package let release: Int64
    package let endedMs: Int64
    /// Who wrote the segment, for people.
    package let author: String
    /// The machine whose site it concerns; nil where the environment is one for all machines.
    package let machine: String?
}

/// Segments that were read whole and are not used, since nobody who may has signed them. As long as nothing has changed that decides
/// it, they are not read again. The file may be lost.
struct RefusedSegments {
    /// What else than the file itself decides it.
    struct Signature: Hashable {
        /// Bytes; nil where there is none.
        let size: Int64?
        /// Seconds since 1970; nil where it is not told.
        let modified: Int64?

        static let missing = Signature(size: nil, modified: nil)
    }

    struct Entry: Hashable {
        let reason: String
        let signature: Signature
        /// Those that were live.
        let deployments: [UnusedDeployment]
    }

    /// After a day all are read again: where a place does not tell times, a signature that was put back looks as before.
    private static let lifetimeMs: Int64 = 86_400_000

    private let path: String
    private let archive: String
    /// Of the file that says who may sign; nil where it is not there.
    private let signers: Digest?
    private let nowMs: Int64
    private var sinceMs: Int64
    private(set) var entries: [SegmentFile: Entry] = [:]

    /// - Parameter folder: of this clone's own.
    init(folder: String, signers file: String, archive: String, nowMs: Int64) throws {
        path = "\(folder)/refused.json"
        self.archive = archive
        self.nowMs = nowMs
        sinceMs = nowMs
        signers = try FileSystem.status(file) == nil ? nil : Digest.ofFile(file).digest
        guard try FileSystem.status(path) != nil,
            let value = CheckedFile.value(try FileSystem.read(path)),
            value["archive"]?.string == archive, value["signers"]?.string == signers?.hex,
            let since = value["since"]?.wholeNumber,
            (0..<Self.lifetimeMs).contains(nowMs - since)
        else { return }
        sinceMs = since
        for (name, entry) in value["segments"]?.object ?? [:] {  // none were refused
            guard let file = SegmentFile(name: name), let known = Entry(entry) else { continue }
            entries[file] = known
        }
    }

    /// Those that need not be read again. A new segment may stand for those of its writer.
    ///
    /// - Parameter signatures: what lies in the archive beside the segments; `listed` has all segments there.
    func unchanged(
        among listed: Set<SegmentFile>, used: Set<SegmentFile>,
        _ signatures: (SegmentFile) -> Signature
    ) -> [SegmentFile: Entry] {
        let same = entries.filter {
            listed.contains($0.key) && !used.contains($0.key)
                && signatures($0.key) == $0.value.signature
        }
        let others = listed.filter { !used.contains($0) && same[$0] == nil }
        let writers = Set(others.map(\.segment.writer))
        return same.filter { !writers.contains($0.key.segment.writer) }
    }

    /// Remembers these, and no others.
    mutating func keep(_ refused: [SegmentFile: Entry]) throws {
        guard refused != entries else { return }
        entries = refused
        guard !refused.isEmpty else {
            // ours: it is only a memory of what need not be read
            return try FileSystem.remove(path)
        }
        let segments = refused.map { ($0.key.name, $0.value.value) }
        try FileSystem.writeAtomically(
            CheckedFile.bytes([
                "archive": .string(archive), "signers": .string(signers?.hex),
                "since": .int(sinceMs), "segments": .object(Dictionary(segments) { $1 }),
            ]), to: path, mode: 0o600)
    }
}

extension RefusedSegments.Entry {
    fileprivate init?(_ value: JSONValue) {
        guard let reason = value["reason"]?.string else { return nil }
        let deployments = (value["deployments"]?.elements ?? [.null]).map(UnusedDeployment.init)
        guard deployments.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            reason: reason,
            signature: .init(
                size: value["size"]?.wholeNumber, modified: value["modified"]?.wholeNumber),
            deployments: deployments.compactMap { $0 })
    }

    fileprivate var value: JSONValue {
        [
            "reason": .string(reason), "size": .int(signature.size),
            "modified": .int(signature.modified),
            "deployments": .array(deployments.map(\.value)),
        ]
    }
}

extension UnusedDeployment {
    /// Those that were live, of a segment that is not used.
    static func all(in segment: HistorySegment) -> [UnusedDeployment] {
        segment.deployments.filter { $0.outcome == "live" }.map {
            UnusedDeployment(
                environment: $0.environment, release: $0.release, endedMs: $0.endedMs,
                author: segment.head.author.text, machine: $0.machine)
        }
    }

    fileprivate init?(_ value: JSONValue) {
        guard let environment = value["environment"]?.string,
            let release = value["release"]?.wholeNumber, let ended = value["ended"]?.wholeNumber,
            let author = value["author"]?.string
        else { return nil }
        self.init(
            environment: environment, release: release, endedMs: ended, author: author,
            machine: value["machine"]?.string)
    }

    fileprivate var value: JSONValue {
        [
            "environment": .string(environment), "release": .int(release), "ended": .int(endedMs),
            "author": .string(author), "machine": .string(machine),
        ]
    }
}
