import Digests
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix

/// What files hold while units run, and since when.
///
/// The survey has looked at each file once. The state of a file is looked at again before a unit that reads it starts and
/// after it has ended. A file in another state is hashed: its content alone decides whether it has changed.
final class ContentWatch {
    private let facts: FileFacts
    private let time: any TimeSource
    private let surveyedNs: Int64
    /// When all that the survey looked at was known; this and the times below are monotonic.
    private let beganNs: Int64
    private var lookedNs: [String: Int64] = [:]
    private var setLookedNs: [Digest: Int64] = [:]
    /// When a file was first looked at, of those that the survey did not look at.
    private var firstNs: [String: Int64] = [:]
    /// When a file was last seen to hold something else than before.
    private var changedNs: [String: Int64] = [:]
    /// Files that were hashed so soon after a change that another one need not show in their state.
    private var racy: Set<String> = []
    private var isLookingAgain = false
    /// Whether any file was seen to be there no more.
    private(set) var hasVanished = false

    /// A file that holds something else than it did at the last look.
    struct Change {
        let path: String
        let before: FileFact
    }

    init(_ facts: FileFacts, surveyBegan: Timestamp) {
        self.facts = facts
        time = facts.machine.time
        beganNs = facts.machine.time.nanoseconds()
        surveyedNs = surveyBegan.nanoseconds
        facts.onFirstLook = { [weak self] path in
            guard let self, !isLookingAgain else { return }
            let now = time.nanoseconds()
            firstNs[path] = now
            lookedNs[path] = now
        }
    }

    /// Looks again at files that were not looked at since a time. What cannot be looked at or read is unknown then.
    func look(_ paths: some Sequence<String>, sinceNs: Int64) -> [Change] {
        var differing: [String] = []
        for path in paths {
            guard facts.known(path) != nil else {
                facts.load(CollectionOfOne(path))
                note(path)
                continue
            }
            guard lookedNs[path] ?? beganNs < sinceNs else { continue }
            let now = time.nanoseconds()
            if isDifferent(path) { differing.append(path) }
            lookedNs[path] = now
        }
        return differing.isEmpty ? [] : hash(differing)
    }

    private func isDifferent(_ path: String) -> Bool {
        do {
            let status = try facts.machine.disk.status(path)
            let key = status.flatMap { $0.kind == .file ? StatKey($0) : nil }
            return key != facts.key(path) || isRacy(path, key)
        } catch {
            return true
        }
    }

    /// As `look`, at the files of a set that many units share.
    func look(at set: ComponentSet?, _ digest: Digest, sinceNs: Int64) -> [Change] {
        guard let set, setLookedNs[digest] ?? beganNs < sinceNs else { return [] }
        let now = time.nanoseconds()
        let changes = look(set.entries.lazy.map(\.name), sinceNs: sinceNs)
        setLookedNs[digest] = now
        return changes
    }

    private func hash(_ paths: [String]) -> [Change] {
        isLookingAgain = true
        defer { isLookingAgain = false }
        let before = paths.map { facts.known($0) ?? .absent }
        for path in paths { facts.forget(path) }
        facts.load(paths)
        var changes: [Change] = []
        for (path, before) in zip(paths, before) {
            note(path)
            guard facts.known(path) != before else { continue }
            changedNs[path] = time.nanoseconds()
            changes.append(Change(path: path, before: before))
            if facts.known(path) == .absent { hasVanished = true }
        }
        return changes
    }

    /// Notes whether the file was hashed too soon after its last change.
    private func note(_ path: String) {
        guard let key = facts.key(path), key.newestNs >= time.now().nanoseconds - Self.soonNs
        else {
            racy.remove(path)
            return
        }
        racy.insert(path)
    }

    /// A file's time may be that of the last timer tick, at most 10 ms before the change (CONFIG_HZ=100).
    private static let tickNs: Int64 = 10_000_000

    /// A hash takes time, and what counts is when it began.
    private static let soonNs = FileFacts.granularityNs * 2

    private func isRacy(_ path: String, _ key: StatKey?) -> Bool {
        if racy.contains(path) { return true }
        guard lookedNs[path] == nil, let key else { return false }
        return key.newestNs >= surveyedNs - FileFacts.granularityNs
    }

    /// Whether a file was there, and was seen within the last second to be there no more.
    func hasJustVanished(_ path: String) -> Bool {
        guard facts.known(path) == .absent, let changed = changedNs[path] else { return false }
        return changed > time.nanoseconds() - 1_000_000_000
    }

    /// A unit of this run has made the file, or it was taken from the store, and its content is known.
    func made(_ path: String, _ file: KnownFile) {
        let now = time.nanoseconds()
        if facts.known(path) != .content(file.digest) { changedNs[path] = now }
        facts.record(path, file)
        lookedNs[path] = now
        racy.remove(path)
    }

    /// Whether a file holds what it held at a time, as far as that was seen: a file that was not looked at before it must
    /// not have been changed since.
    ///
    /// - Parameters:
    ///   - timeNs: on the monotonic clock.
    ///   - dayNs: the same time on the clock of the day.
    func isAsItWas(_ path: String, at timeNs: Int64, dayNs: Int64) -> Bool {
        let isUntouched = facts.key(path).map { $0.changedNs < dayNs - Self.tickNs }
        if let changed = changedNs[path], changed > timeNs { return isUntouched ?? false }
        if firstNs[path] ?? beganNs > timeNs { return isUntouched ?? true }
        return true
    }
}

extension StatKey {
    /// The later of its two times, in nanoseconds of the day's clock.
    fileprivate var newestNs: Int64 { max(modifiedNs, changedNs) }
}
