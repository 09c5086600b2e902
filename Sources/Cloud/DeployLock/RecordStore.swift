package import AWS
import JSON
import Posix
package import Processes

/// Where an environment's record lies.
package struct RecordStore: Sendable {
    package let client: AWSClient
    package let bucket: String
    package let key: String
    package let owner: DeployRecord.Owner
    /// Where programs of the first format keep the record of an environment of this name, whosever it is.
    package let firstKey: String
    let signs: RecordSigns
    /// A folder of this machine for the object on its way.
    package let folder: String
    package var cancel: Cancellation?

    package init(
        client: AWSClient, bucket: String, key: String, owner: DeployRecord.Owner,
        firstKey: String, signs: RecordSigns, folder: String
    ) {
        self.client = client
        self.bucket = bucket
        self.key = key
        self.owner = owner
        self.firstKey = firstKey
        self.signs = signs
        self.folder = folder
    }

    /// A record, and the version of the object that it was read from; nil where there is none yet.
    package struct Version: Sendable {
        package var record: DeployRecord
        package var tag: String?
        /// The version of the object of the first format that it was read from, which must not be used any more once
        /// this record is written.
        var firstTag: String?
    }

    /// - Throws: `LeaseError.unreadable`, `.newer`, `.foreign`, `.unclaimed`; `AWSError`.
    package func read() throws -> Version {
        if let (bytes, tag) = try fetch(key) {
            switch try decode(bytes, key) {
            case .present(let record):
                guard record.owner.isSame(as: owner) else {
                    throw LeaseError.foreign(place(key), owner: record.owner)
                }
                return Version(record: record, tag: tag)
            case .first: throw LeaseError.unclaimed(place(key))
            }
        }
        guard let (bytes, tag) = try fetch(firstKey) else {
            return Version(record: .init(owner: owner))
        }
        switch try decode(bytes, firstKey) {
        // Moved by a program of this format: by this project, whose new record was not written yet, or another.
        case .present(let record):
            return Version(record: record.owner.isSame(as: owner) ? record : .init(owner: owner))
        case .first(let record):
            guard record.names(signs) else { throw LeaseError.unclaimed(place(firstKey)) }
            return Version(record: record.record(of: owner, signs), firstTag: tag)
        }
    }

    private func place(_ key: String) -> String { "s3://\(bucket)/\(key)" }

    private func fetch(_ key: String) throws -> (bytes: [UInt8], tag: String)? {
        // Not in the project, which is only looked at.
        let scratch = Environment.value("XDG_RUNTIME_DIR") ?? Environment.value("TMPDIR") ?? "/tmp"
        let file = "\(scratch)/pipeline-record-\(RandomID.uuid())"
        defer { try? FileSystem.remove(file) }  // try?: ours by its new name; never read again
        guard let tag = try client.getObject(bucket: bucket, key: key, to: file, cancel: cancel)
        else { return nil }
        return (try FileSystem.read(file), tag)
    }

    private enum Decoded {
        case present(DeployRecord)
        case first(FirstRecord)
    }

    /// The format is read first, and alone: nothing else is known of a newer one.
    private func decode(_ bytes: [UInt8], _ key: String) throws -> Decoded {
        struct Format: Decodable { let format: Int }
        do {
            let format = try JSONValue.decode(Format.self, from: bytes).format
            switch format {
            case 1: return .first(try JSONValue.decode(FirstRecord.self, from: bytes))
            case DeployRecord.currentFormat:
                return .present(try JSONValue.decode(DeployRecord.self, from: bytes))
            default: throw LeaseError.newer(place(key), format: format)
            }
        } catch is DecodingError { throw LeaseError.unreadable(place(key)) }
    }

    /// The entity tag of the record as it is now; nil where there is none.
    func tag() throws -> String? {
        try client.headObject(bucket: bucket, key: key, cancel: cancel)?.eTag
    }

    /// Writes over just the version that was read.
    ///
    /// - Returns: what is there now; nil where somebody else wrote first.
    package func write(_ record: DeployRecord, over version: Version) throws -> Version? {
        var record = record
        record.nonce = RandomID.uuid()
        try FileSystem.createDirectories(folder)
        let file = FileSystem.temporaryPath(beside: "\(folder)/record.json")
        defer { try? FileSystem.remove(file) }  // try?: ours by its new name; never read
        try FileSystem.writeAtomically(
            Array(try JSONValue.encode(record).indentedText().utf8), to: file)
        // First the old object says that it has moved: the one who still reads it must not take the lease there.
        if let firstTag = version.firstTag {
            guard try put(file, firstKey, .matches(firstTag)) != nil else { return nil }
        }
        let condition: S3Condition = version.tag.map { .matches($0) } ?? .absent
        for _ in 0..<5 {
            if let written = try put(file, key, condition) {
                return Version(record: record, tag: written)
            }
            // Refused or lost: it may be this very write that is there.
            let now = try read()
            if now.record.nonce == record.nonce, now.tag != nil { return now }
            if now.tag != version.tag { return nil }
        }
        throw LeaseError.unwritable(place(key))
    }

    /// nil where it was refused, or nobody knows.
    private func put(
        _ file: String, _ key: String, _ condition: S3Condition
    ) throws(AWSError) -> String? {
        do {
            return try client.putObject(
                bucket: bucket, key: key, file: file, condition: condition, cancel: cancel)
        } catch {
            if case .answerLost = error { return nil }
            throw error
        }
    }
}
