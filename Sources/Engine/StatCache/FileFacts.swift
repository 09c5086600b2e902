import Digests
import Failures
package import PipelineLedger
package import PipelinePlanning
import PipelineStore
import Posix

/// What is known of the project's files: each is looked at once, and hashed only if its state differs
/// from the one in which its content was recorded.
///
/// A file that was changed within the clock's granularity of being hashed could change again without
/// a trace, so its digest is used but not kept ("racy" in git's terms).
package final class FileFacts {
    /// Linux stamps files with the time of the last timer tick, at most 10 ms old (CONFIG_HZ=100).
    static let granularityNs: Int64 = 20_000_000

    /// Paths that are wholes also where they are folders: outputs of units. The content of such a folder is that of all
    /// files in it.
    var wholes: Set<String> = []
    let machine: Machine
    private let recorded: (String) -> KnownFile?
    private var facts: [String: FileFact] = [:]
    private var keys: [String: StatKey] = [:]
    /// What was found or made since the ledger was read.
    private var found: [String: KnownFile] = [:]
    /// Digests that the ledger does not hold yet and may.
    package private(set) var learned: [String: KnownFile] = [:]
    /// How many files were hashed, and their bytes: nothing to do must mean none.
    package private(set) var hashedFiles = 0
    package private(set) var hashedBytes: Int64 = 0
    /// Called with each file that is looked at for the first time.
    var onFirstLook: ((String) -> Void)?

    package init(recorded: [String: KnownFile], machine: Machine = .system) {
        self.machine = machine
        self.recorded = { recorded[$0] }
        facts.reserveCapacity(recorded.count)
        keys.reserveCapacity(recorded.count)
    }

    /// - Parameter recorded: asked for each file that is looked at, where those are few.
    init(recorded: @escaping (String) -> KnownFile?, machine: Machine = .system) {
        self.machine = machine
        self.recorded = recorded
    }

    /// Looks at these files, hashing on all processors those that need it.
    ///
    /// What is there and cannot be read is unknown, with the reason.
    package func load(_ paths: some Sequence<String>) {
        var changed: [String] = []
        var folders: [String] = []
        for path in paths where facts[path] == nil {
            onFirstLook?(path)
            let status: FileStatus
            do {
                guard let there = try machine.disk.status(path), there.kind != .directory else {
                    facts[path] = .absent
                    if wholes.contains(path) { folders.append(path) }
                    continue
                }
                status = there
            } catch {
                facts[path] = .unknown(.unreadable(error))
                continue
            }
            guard status.kind == .file else {
                facts[path] = .unknown(.specialFile(path))
                continue
            }
            let key = StatKey(status)
            keys[path] = key
            if let known = found[path] ?? recorded(path), known.key == key {
                facts[path] = .content(known.digest)
            } else {
                facts[path] = .absent
                changed.append(path)
            }
        }
        hash(changed)
        for folder in folders { facts[folder] = fact(ofFolder: folder) }
    }

    /// Nothing there and no file in it is the same: empty folders are not kept.
    private func fact(ofFolder folder: String) -> FileFact {
        do {
            guard try machine.disk.status(folder)?.kind == .directory else { return .absent }
            let names = try OutputFolder.files(folder, on: machine.disk)
            load(names.map { "\(folder)/\($0)" })
            var files: [(name: String, digest: Digest)] = []
            for name in names {
                switch fact("\(folder)/\(name)") {
                case .absent: continue
                case .content(let digest): files.append((name, digest))
                case .unknown(let failure): return .unknown(failure)
                }
            }
            return files.isEmpty ? .absent : .content(OutputFolder.digest(files))
        } catch {
            return .unknown(Failure(of: error))
        }
    }

    private func hash(_ paths: [String]) {
        guard !paths.isEmpty else { return }
        let began = machine.time.now().nanoseconds
        let results = machine.disk.digests(of: paths)
        for (path, result) in zip(paths, results) {
            let file: FileDigest
            switch result {
            case .success(let read): file = read
            case .failure(let error):
                facts[path] = error.isNotFound ? .absent : .unknown(.unreadable(error))
                continue
            }
            hashedFiles += 1
            hashedBytes += file.bytes
            facts[path] = .content(file.digest)
            // Only if it did not change while it was read, and if a later change must show.
            guard let before = keys[path],
                let after = (try? machine.disk.status(path)) ?? nil  // try?: it is only not kept
            else { continue }
            let newest = max(before.changedNs, before.modifiedNs)
            if StatKey(after) == before, newest < began - Self.granularityNs {
                let known = KnownFile(key: before, digest: file.digest)
                learned[path] = known
                found[path] = known
            }
        }
    }

    /// What is known about a file, looking at it if that has not been done.
    package func fact(_ path: String) -> FileFact {
        if let fact = facts[path] { return fact }
        load(CollectionOfOne(path))
        return facts[path] ?? .absent
    }

    /// What is known about a file that has been looked at; nil for any other.
    func known(_ path: String) -> FileFact? { facts[path] }

    /// The state of a file when it was looked at.
    package func key(_ path: String) -> StatKey? { keys[path] }

    /// Puts in what has just been made.
    package func record(_ path: String, _ file: KnownFile) {
        facts[path] = .content(file.digest)
        keys[path] = file.key
        found[path] = file
    }

    /// Puts in a folder that has just been made, all of whose files have been put in.
    func record(folder path: String, _ digest: Digest) { facts[path] = .content(digest) }

    /// Forgets a file, so that the next question looks at it again.
    package func forget(_ path: String) {
        if wholes.contains(path), keys[path] == nil, let fact = facts[path], fact != .absent {
            let prefix = path + "/"
            for inner in facts.keys.filter({ $0.hasPrefix(prefix) }) {
                facts[inner] = nil
                keys[inner] = nil
            }
        }
        facts[path] = nil
        keys[path] = nil
    }

    package func takeLearned() -> [String: KnownFile] {
        defer { learned = [:] }
        return learned
    }
}
