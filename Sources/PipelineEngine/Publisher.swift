import Digests
import Failures
import PipelineModel
import PipelineStore
import Posix

/// Makes outputs safe: checked, hashed, kept in the store, on disk. The record of them may follow, and after it their
/// final names: whoever is killed in between finds them in the store by that record, and nothing is made again.
///
/// Works on batches, so that the cost of synchronising is shared.
struct Publisher: Sendable {
    let store: Store

    /// What a unit has written aside.
    struct Job: Sendable {
        let index: Int
        let aside: [String]
        let outputs: [String]
        let check: OutputCheck?
        /// Digests that are known to be right because the store was just read.
        let restored: [Digest]?
    }

    struct Kept: Sendable {
        let index: Int
        /// One for each output.
        let result: Result<[Content], PublishError>
    }

    /// What a file holds, which is in the store and on disk.
    struct Content: Sendable {
        let digest: Digest
        let size: Int64
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
            try OutputChecks.check(aside: job.aside, outputs: job.outputs, check: job.check)
        }
        return try job.aside.enumerated().map { position, file in
            if let digest = job.restored?[position] {
                return Content(digest: digest, size: try FileSystem.status(file)?.size ?? 0)
            }
            let hashed = try Digest.ofFile(file)
            try store.keep(file, digest: hashed.digest)
            return Content(digest: hashed.digest, size: hashed.bytes)
        }
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
        if jobs.reduce(0, { $0 + $1.aside.count }) > Self.someFiles, synchronizeAll(jobs) { return }
        var folders: Set<String> = []
        for job in jobs {
            attempt(job, &failures) {
                for (file, content) in zip(job.aside, contents[job.index] ?? []) {
                    try FileSystem.synchronize(file)
                    // The same file under a second name, unless the file system clones.
                    let object = store.path(of: content.digest)
                    if try FileSystem.status(object)?.inode != FileSystem.status(file)?.inode {
                        try FileSystem.synchronize(object)
                    }
                    let folder = AsideArea.folder(of: object)
                    if folders.insert(folder).inserted { try FileSystem.synchronize(folder) }
                }
            }
        }
    }

    /// - Returns: false where the files lie on several file systems.
    private func synchronizeAll(_ jobs: [Job]) -> Bool {
        // try?: unknown: each file is synchronised by itself.
        guard let device = (try? FileSystem.status(store.root))?.device else { return false }
        let areOnIt = jobs.allSatisfy { job in
            // try?: as above.
            job.aside.allSatisfy { (try? FileSystem.status($0))?.device == device }
        }
        guard areOnIt else { return false }
        // try?: as above.
        return (try? FileSystem.synchronizeFileSystem(containing: store.root)) != nil
    }
}
