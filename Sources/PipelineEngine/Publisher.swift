import Digests
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// Makes outputs count: checked, hashed, synchronised, kept in the store, renamed into place.
///
/// Works on batches, so that the cost of synchronising is shared. Nothing is recorded here: that
/// comes after, when all of a batch is on disk under its final names.
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

    struct Published: Sendable {
        let index: Int
        let result: Result<[Output], PublishError>
    }

    struct Output: Sendable {
        let record: OutputRecord
        let file: KnownFile
    }

    struct PublishError: Error, Sendable {
        let message: String
    }

    func publish(_ jobs: [Job]) -> [Published] {
        var failures: [Int: PublishError] = [:]
        var digests: [Int: [Digest]] = [:]
        for job in jobs {
            attempt(job, &failures) {
                if let restored = job.restored {
                    digests[job.index] = restored
                } else {
                    try OutputChecks.check(
                        aside: job.aside, outputs: job.outputs, check: job.check)
                    digests[job.index] = try job.aside.map { try Digest.ofFile($0).digest }
                }
            }
        }
        let sound = jobs.filter { failures[$0.index] == nil }
        synchronize(sound, &failures)
        for job in sound where failures[job.index] == nil {
            attempt(job, &failures) { try install(job, digests[job.index] ?? []) }
        }
        synchronizeFolders(sound, &failures)
        return jobs.map { job in
            if let failure = failures[job.index] {
                return Published(index: job.index, result: .failure(failure))
            }
            return describe(job, digests[job.index] ?? [])
        }
    }

    private func attempt(
        _ job: Job, _ failures: inout [Int: PublishError], _ body: () throws -> Void
    ) {
        do {
            try body()
        } catch let refused as OutputChecks.Refused {
            failures[job.index] = PublishError(message: refused.message)
        } catch {
            failures[job.index] = PublishError(message: "\(error)")
        }
    }

    /// From some files on, one call for the whole file system is quicker than one for each, and takes less of the
    /// processor.
    private func synchronize(_ jobs: [Job], _ failures: inout [Int: PublishError]) {
        let paths = jobs.flatMap(\.aside)
        if paths.count > 8, let first = paths.first,
            (try? FileSystem.synchronizeFileSystem(containing: first)) != nil
        {
            return
        }
        for job in jobs {
            attempt(job, &failures) {
                for path in job.aside { try FileSystem.synchronize(path) }
            }
        }
    }

    private func install(_ job: Job, _ digests: [Digest]) throws {
        for (index, aside) in job.aside.enumerated() {
            let output = job.outputs[index]
            try store.keep(aside, digest: digests[index])
            try FileSystem.rename(aside, to: output)
        }
    }

    private func synchronizeFolders(_ jobs: [Job], _ failures: inout [Int: PublishError]) {
        var done: Set<String> = []
        for job in jobs where failures[job.index] == nil {
            attempt(job, &failures) {
                for output in job.outputs {
                    let folder = AsideArea.folder(of: output)
                    if done.insert(folder).inserted { try FileSystem.synchronize(folder) }
                }
            }
        }
    }

    private func describe(_ job: Job, _ digests: [Digest]) -> Published {
        var outputs: [Output] = []
        for (path, digest) in zip(job.outputs, digests) {
            guard let status = try? FileSystem.status(path) else {
                return Published(
                    index: job.index,
                    result: .failure(PublishError(message: "output \"\(path)\" has vanished")))
            }
            outputs.append(
                Output(
                    record: OutputRecord(path: path, digest: digest, size: status.size),
                    file: KnownFile(key: StatKey(status), digest: digest)))
        }
        return Published(index: job.index, result: .success(outputs))
    }
}
