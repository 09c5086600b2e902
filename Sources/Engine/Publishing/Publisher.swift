import Digests
import Failures
import Paths
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// Makes outputs safe: checked, hashed, kept in the store, on disk. The record of them may follow, and after it their
/// final names: a run after a kill in between finds them in the store by that record, and nothing is made again.
///
/// Works on batches, so that the cost of synchronising is shared.
struct Publisher: Sendable {
    let store: Store
    private var disk: any Disk { store.disk }

    init(store: Store) { self.store = store }

    /// What a unit has written to a temporary path.
    struct Job: Sendable {
        let index: Int
        let temporaryPaths: [String]
        let outputs: [String]
        let check: OutputCheck?
        /// Digests that are known to be right because the store was just read.
        let restored: [OutputRecord]?
    }

    struct Kept: Sendable {
        let index: Int
        /// For each output, and for each file of one that is a folder.
        let result: Result<[Content], PublishError>
    }

    /// What an output holds, or a file of an output that is a folder; files are in the store and on disk.
    struct Content: Sendable {
        /// Under its final name.
        let path: String
        let temporaryPath: String
        let digest: Digest
        let size: Int64
        let form: OutputRecord.Form
    }

    struct PublishError: Explained {
        let failure: Failure
        var description: String { failure.text }
    }

    func keep(_ jobs: [Job]) -> [Kept] {
        var failures: [Int: PublishError] = [:]
        var contents: [Int: [Content]] = [:]
        for job in jobs {
            attempt(job, &failures) { contents[job.index] = try keep(job) }
        }
        let sound = jobs.filter { failures[$0.index] == nil }
        synchronize(sound, contents, &failures)
        return jobs.map { job in
            if let failure = failures[job.index] {
                return Kept(index: job.index, result: .failure(failure))
            }
            return Kept(index: job.index, result: .success(contents[job.index] ?? []))
        }
    }

    private func keep(_ job: Job) throws -> [Content] {
        if job.restored == nil {
            try OutputChecks.check(
                temporaryPaths: job.temporaryPaths, outputs: job.outputs, check: job.check, on: disk
            )
        }
        return try zip(job.temporaryPaths, job.outputs).flatMap { path, output in
            if let restored = job.restored {
                return restored.filter { $0.path == output || $0.path.hasPrefix(output + "/") }
                    .map { record in
                        Content(
                            path: record.path,
                            temporaryPath: path + record.path.dropFirst(output.count),
                            digest: record.digest, size: record.size, form: record.form)
                    }
            }
            guard try disk.status(path)?.kind == .directory else {
                return [try keep(path, as: output)]
            }
            return try keep(folder: path, as: output)
        }
    }

    private func keep(_ file: String, as output: String) throws -> Content {
        let isExecutable = try (disk.status(file)?.mode ?? 0) & 0o100 != 0
        let hashed = try disk.digest(of: file)
        try store.keep(file, digest: hashed.digest, isExecutable: isExecutable)
        return Content(
            path: output, temporaryPath: file, digest: hashed.digest, size: hashed.bytes,
            form: isExecutable ? .executable : .file)
    }

    private func keep(folder: String, as output: String) throws -> [Content] {
        try OutputFolder.open(folder, on: disk)
        let names = try OutputFolder.files(folder, on: disk)
        let files = try names.map { try keep("\(folder)/\($0)", as: "\(output)/\($0)") }
        let whole = Content(
            path: output, temporaryPath: folder,
            digest: OutputFolder.digest(zip(names, files).map { ($0, $1.digest) }),
            size: files.reduce(0) { $0 + $1.size }, form: .folder)
        return [whole] + files
    }

    private func attempt(
        _ job: Job, _ failures: inout [Int: PublishError], _ body: () throws -> Void
    ) {
        do {
            try body()
        } catch {
            failures[job.index] = PublishError(failure: Failure(of: error))
        }
    }

    /// From some files on, one call for the whole file system is quicker than one for each, and takes less of the
    /// processor.
    private static let someFiles = 8

    private func synchronize(
        _ jobs: [Job], _ contents: [Int: [Content]], _ failures: inout [Int: PublishError]
    ) {
        let count = jobs.reduce(0) { $0 + (contents[$1.index]?.count ?? 0) }
        if count > Self.someFiles, synchronizeAll(jobs) { return }
        var folders: Set<String> = []
        for job in jobs {
            attempt(job, &failures) {
                for content in contents[job.index] ?? [] {  // none of a job that failed
                    let file = content.temporaryPath
                    try disk.synchronize(file)
                    if content.form == .folder { continue }
                    // The same file under a second name, unless the file system clones.
                    let object = store.path(of: content.digest)
                    if try disk.status(object)?.inode != disk.status(file)?.inode {
                        try disk.synchronize(object)
                    }
                    let folder = PathText.folder(object)
                    if folders.insert(folder).inserted { try disk.synchronize(folder) }
                }
            }
        }
    }

    /// - Returns: false where the files lie on several file systems.
    private func synchronizeAll(_ jobs: [Job]) -> Bool {
        let device = (try? disk.status(store.root))?.device  // try?: each by itself
        guard let device else { return false }
        let areOnIt = jobs.allSatisfy { job in
            job.temporaryPaths.allSatisfy {
                (try? disk.status($0))?.device == device  // try?: as above
            }
        }
        guard areOnIt else { return false }
        let all: Void? = try? disk.synchronizeFileSystem(  // try?: as above
            containing: store.root)
        return all != nil
    }
}
