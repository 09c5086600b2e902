package import ArchiveHistory
import Digests
import Failures
package import Slots

/// Compares what an archive holds with what its history says. Changes nothing.
package struct ArchiveVerifying {
    let place: ArchivePlace
    let archive: String
    let signatures: SegmentSignatures
    let copies: SegmentCopies
    /// A folder of this clone's own.
    let folder: String

    package init(
        place: ArchivePlace, archive: String, signatures: SegmentSignatures, copies: SegmentCopies,
        folder: String
    ) {
        self.signatures = signatures
        self.copies = copies
        self.folder = folder
        self.place = place
        self.archive = archive
    }

    /// What is wrong with a file of the archive.
    package struct Finding: Hashable, Sendable {
        package let path: String
        package let kind: Kind
        /// Contents that it should hold.
        package let objects: [ArchivedObject]

        package enum Kind: String, Sendable {
            case missing
            /// It is shorter than what it should hold, or longer.
            case size
            case content
            /// This user may not read it, or its disk cannot.
            case unreadable
            /// Nothing of the history names it: it is on its way, or was left by a kill.
            case unnamed
            /// A segment that nobody who may has signed, or that does not follow the one before it.
            case refused
        }
    }

    package struct Outcome: Sendable {
        package var findings: [Finding] = []
        /// What was damaged, and that the archive holds in other files since.
        package var replaced: [Finding] = []
        /// Files that the history names, and bytes of those that were read.
        package var files = 0
        package var bytesRead: Int64 = 0
    }

    /// Looks at names and sizes of all files by one listing.
    ///
    /// - Parameter objects: all contents that the history names, by the file that holds them.
    package func look(
        _ objects: [String: [ArchivedObject]], isInterrupted: @escaping InterruptionCheck
    ) throws -> Outcome {
        var sizes = try place.contentSizes(isInterrupted)
        var outcome = Outcome(files: objects.count)
        for (path, held) in objects.sorted(by: { $0.key < $1.key }) {
            let expected = held.map { ($0.offset ?? 0) + $0.size }.max() ?? 0
            switch sizes.removeValue(forKey: path) {
            case nil: outcome.findings.append(.init(path: path, kind: .missing, objects: held))
            case expected?: break
            default: outcome.findings.append(.init(path: path, kind: .size, objects: held))
            }
        }
        outcome.findings += sizes.keys.sorted().map {
            Finding(path: $0, kind: .unnamed, objects: [])
        }
        return outcome
    }

    /// Reads the files of these contents and hashes them.
    package func read(
        _ files: [(path: String, objects: [ArchivedObject])], into outcome: inout Outcome,
        progress: @escaping (Int64) -> Void, isInterrupted: @escaping InterruptionCheck
    ) throws {
        var paths: [(path: RelativePath, size: Int64)] = []
        for file in files {
            let size = file.objects.map { ($0.offset ?? 0) + $0.size }.max() ?? 0
            paths.append((try RelativePath(file.path), size))
        }
        var findings: [Finding] = []
        let unreadable = try place.readEach(Array(files.indices)) { some in
            let hashes = RunningHashes(some.map { files[$0].objects }, progress)
            try self.place.root().read(
                some.map { paths[$0] },
                take: { (number, bytes) throws(TransportError) in hashes.take(bytes, of: number) },
                end: { (number, exists) throws(TransportError) in
                    hashes.end(number, exists: exists)
                }, isInterrupted: isInterrupted)
            outcome.bytesRead += hashes.bytes
            for (file, damaged) in zip(some, hashes.damaged) where !damaged.isEmpty {
                findings.append(Finding(path: files[file].path, kind: .content, objects: damaged))
            }
        }
        findings += unreadable.map {
            Finding(
                path: files[$0.file].path, kind: .unreadable, objects: files[$0.file].objects)
        }
        outcome.findings += findings.sorted { $0.path < $1.path }
    }
}

/// The digests of contents in files that arrive in parts, with the memory of one part.
private final class RunningHashes {
    /// By file: contents that are not what their digest says.
    private(set) var damaged: [[ArchivedObject]]
    private(set) var bytes: Int64 = 0
    private let objects: [[ArchivedObject]]
    private let progress: (Int64) -> Void
    private var states: [Int: State] = [:]

    private final class State {
        var position: Int64 = 0
        /// The content that is being read, in the order of offsets.
        var next = 0
        var hasher = Hasher256()
        var taken: Int64 = 0
    }

    init(_ objects: [[ArchivedObject]], _ progress: @escaping (Int64) -> Void) {
        self.objects = objects.map {
            $0.sorted { ($0.offset ?? 0, $0.size) < ($1.offset ?? 0, $1.size) }
        }
        self.progress = progress
        damaged = Array(repeating: [], count: objects.count)
    }

    func take(_ part: ArraySlice<UInt8>, of number: Int) {
        let state = states[number] ?? State()
        states[number] = state
        bytes += Int64(part.count)
        progress(Int64(part.count))
        var rest = part
        while !rest.isEmpty, state.next < objects[number].count {
            let object = objects[number][state.next]
            let gap = (object.offset ?? 0) - state.position
            if gap > 0 {
                let skipped = min(Int(gap), rest.count)
                rest = rest.dropFirst(skipped)
                state.position += Int64(skipped)
                continue
            }
            let wanted = min(Int(object.size - state.taken), rest.count)
            state.hasher.update(Array(rest.prefix(wanted)))
            rest = rest.dropFirst(wanted)
            state.position += Int64(wanted)
            state.taken += Int64(wanted)
            if state.taken == object.size { finish(state, number) }
        }
        state.position += Int64(rest.count)
    }

    private func finish(_ state: State, _ number: Int) {
        let object = objects[number][state.next]
        if state.hasher.finish() != object.digest { damaged[number].append(object) }
        state.hasher = Hasher256()
        state.taken = 0
        state.next += 1
    }

    func end(_ number: Int, exists: Bool) {
        let state = states.removeValue(forKey: number) ?? State()
        // Contents of no bytes have no part that would end them.
        while state.next < objects[number].count, objects[number][state.next].size == 0 {
            finish(state, number)
        }
        damaged[number] += objects[number].dropFirst(state.next)
    }
}
