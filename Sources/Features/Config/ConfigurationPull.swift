package import Digests
import JSON
import Paths
import Posix
package import Processes

/// Brings configuration from its repository into a project.
///
/// The record of what was pulled is written last: killed anywhere, the next pull finds some files already as they
/// are to be.
package struct ConfigurationPull {
    package let source: ConfigurationSource
    /// The folder that is pulled into.
    let target: String
    /// The record of what was pulled.
    let record: String
    /// A folder for the clone, for this user alone; it is removed again.
    let scratch: String

    package init(
        _ source: ConfigurationSource, target: String, record: String, scratch: String
    ) {
        self.source = source
        self.target = target
        self.record = record
        self.scratch = scratch
    }

    package struct Result: Sendable {
        package let plan: ConfigurationPlan
        package let commit: String
    }

    /// - Parameters:
    ///   - isForced: files that were changed here are replaced too.
    ///   - isDry: only says what would be done.
    package func run(isForced: Bool, isDry: Bool, cancel: Cancellation?) throws -> Result {
        let clone = "\(scratch)/\(RandomID.uuid())"
        try FileSystem.createDirectories(scratch, mode: 0o700)
        try FileSystem.changeMode(scratch, to: 0o700)
        defer { try? FileSystem.removeTree(clone) }  // try?: ours by its new name; private
        let commit = try source.clone(into: clone, cancel: cancel)
        let plan = try ConfigurationPlan(
            source, clone: clone, target: target,
            pulled: try PulledConfiguration.read(record)?.files ?? [:])
        if isDry { return Result(plan: plan, commit: commit) }
        guard isForced || plan.altered.isEmpty else {
            throw ConfigurationError.altered(plan.altered)
        }
        for file in plan.files where file.change != .same {
            let path = "\(target)/\(file.path)"
            try FileSystem.createDirectories(PathText.folder(path))
            try FileSystem.writeAtomically(
                try FileSystem.read(file.source), to: path, mode: file.isProgram ? 0o755 : 0o644)
        }
        try PulledConfiguration(source, commit: commit, plan).write(record)
        return Result(plan: plan, commit: commit)
    }
}

/// What was pulled, so that it can be pulled again, and changes by hand are seen.
package struct PulledConfiguration: Sendable {
    package let url: String
    package let branch: String?
    package let namespace: String
    package let stage: String
    package let commit: String
    package let files: [String: Digest]

    private struct Stored: Codable {
        let url: String
        let branch: String?
        let namespace: String
        let stage: String
        let commit: String
        let files: [String: String]
    }

    init(_ source: ConfigurationSource, commit: String, _ plan: ConfigurationPlan) {
        (url, branch) = (source.publicURL, source.branch)
        (namespace, stage) = (source.namespace, source.stage)
        self.commit = commit
        files = Dictionary(plan.files.map { ($0.path, $0.digest) }) { $1 }
    }

    /// nil where nothing was pulled.
    package static func read(_ path: String) throws -> PulledConfiguration? {
        guard try FileSystem.status(path) != nil else { return nil }
        let stored = try JSONValue.decode(Stored.self, from: try FileSystem.read(path))
        return PulledConfiguration(stored)
    }

    private init(_ stored: Stored) {
        (url, branch, commit) = (stored.url, stored.branch, stored.commit)
        (namespace, stage) = (stored.namespace, stored.stage)
        files = stored.files.compactMapValues { Digest(hex: $0) }
    }

    func write(_ path: String) throws {
        let stored = Stored(
            url: url, branch: branch, namespace: namespace, stage: stage, commit: commit,
            files: files.mapValues(\.hex))
        try FileSystem.writeAtomically(
            Array(try JSONValue.encode(stored).indentedText().utf8), to: path)
    }
}
