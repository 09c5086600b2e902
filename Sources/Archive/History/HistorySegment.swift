package import Digests
package import PipelinePlanning

/// A piece of a writer's history in an archive: what one clone has added since its previous piece. It is written once and
/// never changes.
package struct HistorySegment: Hashable, Sendable {
    package var head: Head
    /// The component sets that `results` name, each once.
    package var sets: [ComponentSet] = []
    package var objects: [ArchivedObject] = []
    package var results: [ArchivedResult] = []
    package var releases: [ArchivedRelease] = []
    package var deployments: [ArchivedDeployment] = []
    package var pins: [ArchivedPin] = []
    /// Paths of files of the archive that were removed: what was said of objects there no longer holds.
    package var removed: [String] = []
    /// What interpreters in `sets` print as their version, by the digest of their file: two machines may have one of the same
    /// version with other bytes.
    package var programs: [Digest: String] = [:]

    package init(head: Head) { self.head = head }

    package var isEmpty: Bool {
        objects.isEmpty && results.isEmpty && releases.isEmpty && deployments.isEmpty
            && pins.isEmpty && removed.isEmpty
    }

    /// Who wrote it, and what it follows.
    package struct Head: Hashable, Sendable {
        /// The id of the archive that it belongs to: a segment of another one counts for nothing.
        package var archive: String
        package var name: SegmentName
        /// The digest of all bytes of the writer's previous segment; nil for the first. So a segment that was altered,
        /// left out or taken from elsewhere is noticed.
        package var previous: Digest?
        /// Milliseconds since 1970-01-01 UTC.
        package var madeMs: Int64
        package var author: Author
        /// Of the machine that made its results.
        package var platform: Platform

        package init(
            archive: String, name: SegmentName, previous: Digest?, madeMs: Int64, author: Author,
            platform: Platform
        ) {
            self.platform = platform
            self.archive = archive
            self.name = name
            self.previous = previous
            self.madeMs = madeMs
            self.author = author
        }
    }
}

/// Where and by whom something was made.
package struct Author: Hashable, Sendable {
    package var user: String
    package var host: String

    package init(user: String, host: String) {
        self.user = user
        self.host = host
    }

    package var text: String { "\(user)@\(host)" }
}

/// What differs between machines and may show in results.
package struct Platform: Hashable, Codable, Sendable {
    /// Kernel and architecture, as `linux x86_64`: results of another one are never used.
    package var system: String
    /// The C library and its version, as `glibc 2.36`: counts for units that are not portable.
    package var library: String
    /// Digest of the processor's features: counts for units that are not portable.
    package var processor: String

    package init(system: String, library: String, processor: String) {
        self.system = system
        self.library = library
        self.processor = processor
    }
}

/// A segment's place in the history: the clone that wrote it and its number there, from 1.
package struct SegmentName: Hashable, Comparable, Sendable {
    /// The id of the clone: 32 characters of 0-9a-f.
    package let writer: String
    package let number: Int64

    package init(writer: String, number: Int64) {
        self.writer = writer
        self.number = number
    }

    package static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.writer, left.number) < (right.writer, right.number)
    }
}

/// The name of a segment's file, `WRITER-NUMBER-DIGEST.jsonl`: it tells what the file holds, so that no writer replaces
/// another's, and content that was altered does not have its name.
package struct SegmentFile: Hashable, Comparable, Sendable {
    package let segment: SegmentName
    /// The first 16 hexadecimal digits of the digest of all bytes.
    package let mark: String

    package init(_ segment: SegmentName, digest: Digest) {
        self.segment = segment
        mark = String(digest.hex.prefix(16))
    }

    /// Nil for any other name.
    package init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 32, Self.isHexadecimal(parts[0]),
            parts[1].utf8.count == 10, let number = Int64(parts[1]), number > 0,
            parts[2].utf8.count == 16 + Self.suffix.utf8.count, parts[2].hasSuffix(Self.suffix),
            Self.isHexadecimal(parts[2].prefix(16))
        else { return nil }
        segment = SegmentName(writer: String(parts[0]), number: number)
        mark = String(parts[2].prefix(16))
    }

    package var name: String {
        let digits = String(segment.number)
        let zeros = String(repeating: "0", count: max(0, 10 - digits.utf8.count))
        return "\(segment.writer)-\(zeros)\(digits)-\(mark)\(Self.suffix)"
    }

    private static let suffix = ".jsonl"

    private static func isHexadecimal(_ text: Substring) -> Bool {
        text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
    }

    package static func < (left: SegmentFile, right: SegmentFile) -> Bool {
        (left.segment, left.mark) < (right.segment, right.mark)
    }
}

/// Content that the archive holds.
package struct ArchivedObject: Hashable, Sendable {
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    /// The file that holds it, from the archive's root.
    package let path: String
    /// Where it begins in a pack; nil where the file is the object.
    package let offset: Int64?

    package init(digest: Digest, size: Int64, path: String, offset: Int64?) {
        self.digest = digest
        self.size = size
        self.path = path
        self.offset = offset
    }
}

/// A success of a unit.
package struct ArchivedResult: Hashable, Sendable {
    package let unit: String
    package let stage: String
    /// Digests of the component sets that decided the outputs.
    package let recipe: Digest
    package let code: Digest
    package let inputs: Digest
    package let reads: Digest
    package let outputs: [OutputRecord]
    /// The values of an axis, as JSON.
    package let axisValues: String?
    /// How long it took.
    package let milliseconds: Int64
    /// Milliseconds since 1970-01-01 UTC.
    package let madeMs: Int64
    /// Where it was made, which need not be where it was sent from.
    package let author: Author
    /// The git commit of the working tree, as the ledger has it.
    package let commit: String?

    package init(
        unit: String, stage: String, recipe: Digest, code: Digest, inputs: Digest, reads: Digest,
        outputs: [OutputRecord], axisValues: String?, milliseconds: Int64, madeMs: Int64,
        author: Author, commit: String?
    ) {
        self.unit = unit
        self.stage = stage
        self.recipe = recipe
        self.code = code
        self.inputs = inputs
        self.reads = reads
        self.outputs = outputs
        self.axisValues = axisValues
        self.milliseconds = milliseconds
        self.madeMs = madeMs
        self.author = author
        self.commit = commit
    }
}

/// A release of an environment.
package struct ArchivedRelease: Hashable, Sendable {
    package let environment: String
    /// Given out once for the environment.
    package let number: Int64
    package let image: String?
    package let code: Digest?
    package let manifest: Digest
    package let bundle: Digest?
    package let settings: String
    package let commit: String?
    package let createdMs: Int64
    package let author: Author

    package init(
        environment: String, number: Int64, image: String?, code: Digest?, manifest: Digest,
        bundle: Digest?, settings: String, commit: String?, createdMs: Int64, author: Author
    ) {
        self.environment = environment
        self.number = number
        self.image = image
        self.code = code
        self.manifest = manifest
        self.bundle = bundle
        self.settings = settings
        self.commit = commit
        self.createdMs = createdMs
        self.author = author
    }
}

/// A deployment or rollback that has ended.
package struct ArchivedDeployment: Hashable, Sendable {
    package let environment: String
    package let release: Int64
    /// `deploy` or `rollback`.
    package let kind: String
    package let replaces: Int64?
    /// `live`, `failed` or `interrupted`.
    package let outcome: String
    package let slot: String?
    package let version: String?
    package let startedMs: Int64
    package let endedMs: Int64
    package let message: String?
    package let author: Author
    /// The machine whose site it concerns; nil where the environment is one for all machines.
    package let machine: String?

    package init(
        environment: String, release: Int64, kind: String, replaces: Int64?, outcome: String,
        slot: String?, version: String?, startedMs: Int64, endedMs: Int64, message: String?,
        author: Author, machine: String? = nil
    ) {
        self.machine = machine
        self.environment = environment
        self.release = release
        self.kind = kind
        self.replaces = replaces
        self.outcome = outcome
        self.slot = slot
        self.version = version
        self.startedMs = startedMs
        self.endedMs = endedMs
        self.message = message
        self.author = author
    }
}

/// A release that is kept for ever, under a name.
package struct ArchivedPin: Hashable, Sendable {
    package let environment: String
    package let release: Int64
    package let name: String
    /// False where the pin was taken away again.
    package let isKept: Bool

    package init(environment: String, release: Int64, name: String, isKept: Bool) {
        self.environment = environment
        self.release = release
        self.name = name
        self.isKept = isKept
    }
}
