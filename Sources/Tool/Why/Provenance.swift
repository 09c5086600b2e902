import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelinePlanning
import PipelineShipping

/// Where a file comes from: all units on the way from raw inputs and code to it, as they were when it was made.
struct Provenance {
    let path: String
    let digest: Digest?
    /// Bytes.
    let size: Int64?
    /// The release that it was looked for in.
    let release: ReleaseRecord?
    /// The run that made it.
    let run: RunRecord?
    /// What made it first, then what made what that read, and so on.
    let steps: [PastAttempt]
    /// The components of what made it; nil where nothing did.
    let made: RecordedComponents?
    /// What no unit made.
    let raw: [Source]
    let code: [Source]

    /// A file at the beginning of the way.
    struct Source: Hashable {
        let path: String
        /// Its content then: hexadecimal, or `absent`.
        let digest: String
        /// Its content now.
        let now: String

        var isAsNow: Bool { digest == now }
    }
}

/// Follows records of attempts from what was made to what it was made from.
struct ProvenanceSearch {
    let ledger: LedgerReader
    private let sets: (Digest) throws -> ComponentSet

    init(_ ledger: LedgerReader) {
        self.ledger = ledger
        var known: [Digest: ComponentSet] = [:]
        sets = { digest in
            if let set = known[digest] { return set }
            let set = try ledger.componentSet(digest) ?? .empty
            known[digest] = set
            return set
        }
    }

    /// - Parameters:
    ///   - maker: what made the file; nil where nothing did.
    ///   - facts: of the files as they are now.
    func report(
        _ path: String, digest: Digest?, size: Int64?, release: ReleaseRecord?,
        maker: MadeRecord?, facts: FileFacts
    ) throws -> Provenance {
        var (steps, raw, code) = ([PastAttempt](), [String: String](), [String: String]())
        var queue = maker.map { [$0] } ?? []
        var seen = Set(queue.map(\.attempt))
        var position = 0
        while position < queue.count {
            let made = queue[position]
            position += 1
            if let attempt = try ledger.attempt(made.attempt) { steps.append(attempt) }
            for entry in try sets(made.code).entries { code[entry.name] = entry.value }
            for entry in try sets(made.inputs).entries + sets(made.reads).entries {
                let before = try Digest(hex: entry.value).flatMap {
                    try ledger.makers(of: entry.name, digest: $0, before: made.attempt).first
                }
                guard let before else {
                    raw[entry.name] = entry.value
                    continue
                }
                if seen.insert(before.attempt).inserted { queue.append(before) }
            }
        }
        if maker == nil, let digest { raw[path] = digest.hex }
        let present = Array(raw.keys) + Array(code.keys)
        facts.load(present)
        return Provenance(
            path: path, digest: digest, size: size, release: release,
            run: try maker.flatMap { try ledger.run($0.run) }, steps: steps,
            made: try maker.flatMap { try ledger.components(attempt: $0.attempt) },
            raw: sources(raw, facts), code: sources(code, facts))
    }

    private func sources(_ files: [String: String], _ facts: FileFacts) -> [Provenance.Source] {
        files.sorted { $0.key < $1.key }.map {
            Provenance.Source(path: $0.key, digest: $0.value, now: facts.fact($0.key).text)
        }
    }
}

extension Provenance {
    /// A file as a release holds it.
    ///
    /// - Throws: `NotInRelease`.
    init(
        _ paths: [String], typed: String, release number: Int64, environment: String?,
        contents: ReleaseContents, ledger: LedgerReader, facts: FileFacts
    ) throws {
        guard let release = try ledger.release(number, environment: environment) else {
            throw NoRelease(number: number)
        }
        guard let data = try contents.data(release) else {
            throw NotInRelease(typed: typed, release: number, isLost: true)
        }
        guard let file = data.first(where: { paths.contains($0.path) }) else {
            throw NotInRelease(typed: typed, release: number, isLost: false)
        }
        // The same content may have been made again later, from other inputs.
        let last = try ledger.run(of: release)?.id ?? .max
        let makers = try ledger.makers(of: file.path, digest: file.digest)
        let maker = makers.first { $0.run <= last } ?? makers.last
        self = try ProvenanceSearch(ledger).report(
            file.path, digest: file.digest, size: file.size, release: release, maker: maker,
            facts: facts)
    }
}

/// No release has the number.
struct NoRelease: Explained, Hashable {
    let number: Int64

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "no-such-release", "there is no release \(number)", next: "list them",
            run: "pipeline releases")
    }
}

/// A release does not hold the file, or nobody knows any more what it held.
struct NotInRelease: Explained, Hashable {
    let typed: String
    let release: Int64
    let isLost: Bool

    var description: String { failure.text }

    var failure: Failure {
        isLost
            ? Failure(
                "release-list-lost",
                "the store has no list of the data of release \(release) any more",
                next: "see what else the store has lost", run: "pipeline verify")
            : Failure(
                "not-in-release", "release \(release) holds no data file \"\(typed)\"",
                next: "ask about the file as it is now",
                run: .exact(ShellWords.line(["pipeline", "why", typed, "--back"])))
    }
}
