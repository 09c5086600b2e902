import Digests
import JSON
import Posix
import Slots

/// The machine that has the data mounted, as all slots of an environment share it.
///
/// What changes something is collected and sent with the next question, or when there is much of it: each
/// job costs some seconds. The agent does the operations in their order.
package final class DataHost {
    private let runner: any JobRunner
    private let root: String
    private let owner: [Int]?
    private let mount: Job.Mount?
    private let fence: JobFence?
    /// Throws where the operator does not hold the environment any more: asked before each job that changes something.
    private let confirm: () throws -> Void
    /// What was read of the slots, by their folders.
    var seen: [String: Operation.Seen] = [:]
    private var waiting: [Operation] = []
    /// Told of when the agent has done them, by their number in `waiting`.
    private var done: [Int: () -> Void] = [:]
    private var pack: Pack?
    private var packs: [String] = []
    private var number = 0

    /// - Parameters:
    ///   - root: the folder that holds the slots, on the machine that has it mounted.
    ///   - fileSystem: what is mounted at `point` if it is not yet; nil for a folder that is there.
    ///   - fence: under which lock jobs are made; nil where nobody holds one, and then nothing is changed where one
    ///     was ever held.
    package init(
        _ runner: any JobRunner, root: String, owner: (uid: Int, gid: Int)?,
        fileSystem: (id: String, point: String, region: String)?, fence: JobFence? = nil,
        confirm: @escaping () throws -> Void = {}
    ) {
        self.runner = runner
        self.fence = fence
        self.confirm = confirm
        self.root = root
        self.owner = owner.map { [$0.uid, $0.gid] }
        mount = fileSystem.map {
            Job.Mount(fileSystem: $0.id, point: $0.point, region: $0.region)
        }
    }

    package func route(_ folder: String) -> BucketTransport { BucketTransport(self, folder) }

    /// Small files are sent together in objects of this size; larger ones by themselves.
    static let packBytes: Int64 = 64 << 20

    private struct Pack {
        let file: String
        let name: String
        let descriptor: Int32
        var bytes: Int64 = 0
    }

    /// Collects an operation.
    func add(_ operation: Operation, whenDone: (() -> Void)? = nil) throws(TransportError) {
        if let whenDone { done[waiting.count] = whenDone }
        waiting.append(operation)
        if waiting.count >= 20_000 { try flush() }
    }

    /// Does what was collected and then this; its answer.
    func ask(_ operation: Operation) throws(TransportError) -> JobResult.Value {
        waiting.append(operation)
        guard let answer = try flush().last else { throw Self.otherForm(operation.do) }
        return answer
    }

    /// Several questions in one job; their answers.
    func ask(_ operations: [Operation]) throws(TransportError) -> [JobResult.Value] {
        waiting += operations
        let answers = try flush()
        guard answers.count >= operations.count else {
            throw Self.otherForm(operations.first?.do ?? "")
        }
        return answers.suffix(operations.count)
    }

    /// An answer of another form is no answer, and is never taken for "there is none".
    static func otherForm(_ what: String) -> TransportError {
        .failed(
            "the agent on the instance answered \"\(what)\" in another form than this program knows"
        )
    }

    /// Brings a file's bytes near, and says where they are.
    func stage(
        _ source: String, size: Int64
    ) throws(TransportError) -> (name: String, offset: Int64) {
        if size > Self.packBytes / 4 {
            number += 1
            let name = "file-\(number)"
            try remote { try runner.upload(source, as: name) }
            packs.append(name)
            return (name, 0)
        }
        if let open = pack, open.bytes + size > Self.packBytes { try closePack() }
        if pack == nil { try openPack() }
        guard var open = pack else { return ("", 0) }
        let offset = open.bytes
        let bytes = try system { () throws(PosixError) in
            let bytes = try FileSystem.read(source)
            try Descriptors.write(bytes, to: open.descriptor, path: open.file)
            return Int64(bytes.count)
        }
        open.bytes += bytes
        pack = open
        return (open.name, offset)
    }

    private func openPack() throws(TransportError) {
        number += 1
        let file = "\(runner.scratch)/pack-\(number)"
        let descriptor = try system { () throws(PosixError) in
            try FileSystem.createDirectories(runner.scratch)
            return try Descriptors.open(file, .replace, mode: 0o600)
        }
        pack = Pack(file: file, name: "pack-\(number)", descriptor: descriptor)
    }

    private func closePack() throws(TransportError) {
        guard let open = pack else { return }
        pack = nil
        Descriptors.close(open.descriptor)
        defer { try? FileSystem.remove(open.file) }  // try?: ours, in a scratch folder
        try remote { try runner.upload(open.file, as: open.name) }
        packs.append(open.name)
    }

    @discardableResult
    func flush() throws(TransportError) -> [JobResult.Value] {
        guard !waiting.isEmpty else { return [] }
        try closePack()
        let operations = waiting
        let told = done
        (waiting, done) = ([], [:])
        let used = packs
        packs = []
        let result: JobResult
        do {
            if operations.contains(where: \.changes) { try confirm() }
            let job = Job(
                root: root, owner: owner, mount: mount, fence: fence, operations: operations)
            let answer = try runner.run(try JSONValue.encode(job).bytes)
            result = try JSONValue.decode(JobResult.self, from: answer)
            try runner.discard(used)
        } catch let error as TransportError { throw error } catch { throw .failed("\(error)") }
        for index in result.results.indices { told[index]?() }
        if let failure = result.error {
            throw Self.error(failure, operations[min(result.results.count, operations.count - 1)])
        }
        return result.results
    }

    /// What is collected and not sent is let go: the one who asked for it has failed.
    func abandon() {
        if let open = pack {
            Descriptors.close(open.descriptor)
            try? FileSystem.remove(open.file)  // try?: ours, in a scratch folder
        }
        (waiting, done, pack) = ([], [:], nil)
    }

    func fetch(_ name: String, to file: String) throws(TransportError) {
        try remote { try runner.download(name, to: file) }
    }

    func discard(_ names: [String]) throws(TransportError) {
        try remote { try runner.discard(names) }
    }

    var scratch: String { runner.scratch }

    func newName(_ kind: String) -> String {
        number += 1
        return "\(kind)-\(number)"
    }

    private static func error(_ failure: JobResult.Failure, _ operation: Operation)
        -> TransportError
    {
        let text = failure.path ?? operation.path
        let path = text.flatMap { try? RelativePath($0) }  // try?: left out of the message
        switch failure.kind {
        case "blocked":
            guard let by = failure.by,
                let place = path ?? (try? RelativePath(by))  // try?: left out of the message
            else {
                return .failed("a folder above the slots is a link or a file")
            }
            return .blocked(path: place, by: by)
        case "differs":
            guard let path, let expected = operation.digest.flatMap({ Digest(hex: $0) }) else {
                return .failed("a file arrived with another content")
            }
            return .differs(
                path: path, source: path.text, expected: expected,
                found: failure.found.flatMap { Digest(hex: $0) })
        case "fenced":
            return .fenced(
                "another operator has worked on the data since, under number \(failure.found ?? "?") of the lock"
            )
        case "taken":
            return .fenced(
                "slot \"\(failure.by ?? "?")\" was filled or changed by another run since")
        case "otherFileSystem":
            return .fenced(
                "what is mounted there is file system \(failure.found ?? "?"), and not the one of the environment's file"
            )
        case "badName": return .badName(failure.name ?? "?")
        case "missing":
            return .system(PosixError(call: "open", path: failure.path, code: 2))
        default:
            return .system(
                PosixError(call: operation.do, path: failure.path, code: failure.code ?? 5))
        }
    }

    private func remote<Result>(_ body: () throws -> Result) throws(TransportError) -> Result {
        do { return try body() } catch let error as TransportError { throw error } catch {
            throw .failed("\(error)")
        }
    }

    private func system<Result>(
        _ body: () throws(PosixError) -> Result
    ) throws(TransportError) -> Result {
        do { return try body() } catch { throw .system(error) }
    }
}
