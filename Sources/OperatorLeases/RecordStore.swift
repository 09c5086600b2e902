package import AWS
package import Failures
import FoundationEssentials
import Posix
package import Processes

/// Where an environment's record lies.
package struct RecordStore: Sendable {
    package let client: AWSClient
    package let bucket: String
    package let key: String
    /// A folder of this machine for the object on its way.
    package let folder: String
    package var cancel: Cancellation?

    package init(client: AWSClient, bucket: String, key: String, folder: String) {
        self.client = client
        self.bucket = bucket
        self.key = key
        self.folder = folder
    }

    /// A record, and the version of the object that it was read from; nil where there is none yet.
    package struct Version: Sendable {
        package var record: OperatorRecord
        package var tag: String?
    }

    package func read() throws -> Version {
        // Not in the project, which is only looked at.
        let scratch = Environment.value("XDG_RUNTIME_DIR") ?? Environment.value("TMPDIR") ?? "/tmp"
        let file = "\(scratch)/pipeline-record-\(UUID().uuidString)"
        defer { try? FileSystem.remove(file) }
        let tag = try client.getObject(bucket: bucket, key: key, to: file, cancel: cancel)
        guard let tag else { return Version(record: OperatorRecord(), tag: nil) }
        let bytes = try FileSystem.read(file)
        guard let record = try? JSONDecoder().decode(OperatorRecord.self, from: Data(bytes)) else {
            throw LeaseError.unreadable("s3://\(bucket)/\(key)")
        }
        guard record.format == 1 else {
            throw LeaseError.newer("s3://\(bucket)/\(key)", format: record.format)
        }
        return Version(record: record, tag: tag)
    }

    /// Writes over just the version that was read.
    ///
    /// - Returns: what is there now; nil where somebody else wrote first.
    package func write(_ record: OperatorRecord, over tag: String?) throws -> Version? {
        var record = record
        record.nonce = UUID().uuidString
        try FileSystem.createDirectories(folder)
        let file = FileSystem.asidePath(beside: "\(folder)/record.json")
        defer { try? FileSystem.remove(file) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try FileSystem.writeAtomically([UInt8](try encoder.encode(record)), to: file)
        let condition: S3Condition = tag.map { .matches($0) } ?? .absent
        for _ in 0..<5 {
            if let written = try put(file, condition) {
                return Version(record: record, tag: written)
            }
            // Refused or lost: it may be this very write that is there.
            let now = try read()
            if now.record.nonce == record.nonce { return now }
            if now.tag != tag { return nil }
        }
        throw LeaseError.unwritable("s3://\(bucket)/\(key)")
    }

    /// nil where it was refused, or nobody knows.
    private func put(_ file: String, _ condition: S3Condition) throws(AWSError) -> String? {
        do {
            return try client.putObject(
                bucket: bucket, key: key, file: file, condition: condition, cancel: cancel)
        } catch {
            if case .answerLost = error { return nil }
            throw error
        }
    }
}

package enum LeaseError: Explained, Equatable {
    /// Another operator has it.
    case held(OperatorRecord.Holder)
    /// Another operator has taken it, since it had run out.
    case lost(by: String)
    case unreadable(String)
    case newer(String, format: Int)
    case unwritable(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .held(let holder):
            Failure(
                "lease-held", "\(holder.name) works on the environment (\(holder.reason))",
                cause: "its lease ends by itself",
                next: "wait; or, if it is certain that nothing goes on there",
                run: .again(adding: "--take-lease"))
        case .lost(let name):
            Failure(
                "lease-lost",
                "the lease on the environment ran out and \(name) has taken it; nothing more was changed",
                next: "look with `pipeline releases` what is live", run: .again)
        case .unreadable(let place):
            Failure(
                "record-damaged", "the environment's record \(place) is damaged",
                next:
                    "S3 may have an earlier version of it; without that delete the object: the next run makes it "
                    + "anew and looks at every slot", run: .exact("aws s3 rm \(place)"))
        case .newer(let place, let format):
            Failure(
                "record-newer",
                "the environment's record \(place) is of format \(format), which a newer version of this program "
                    + "wrote", next: "install that version")
        case .unwritable(let place):
            Failure(
                "record-unwritable",
                "the environment's record \(place) could not be written, though nobody else did",
                next: "check the bucket's policy", run: .again)
        }
    }
}
