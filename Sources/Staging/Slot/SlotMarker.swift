package import Digests
import JSON

/// The file that says what a slot holds. It is written last and removed first, so that a slot which has
/// one holds exactly that.
package struct SlotMarker: Hashable, Sendable {
    /// Its name at the top of the slot.
    package static let fileName = ".pipeline-release.json"

    /// The newest format that this version reads; a marker without a number is of the first.
    static let format = 1

    /// The number of the release for which the slot was filled.
    package var release: Int
    /// The digest of the data manifest.
    package var manifest: Digest
    /// How many files the slot holds, the marker not counted, and their bytes.
    package var files: Int
    package var bytes: Int64
    /// Grows with every filling of the slot: a marker of another generation than the one remembered means
    /// that somebody else has written here.
    package var generation: Int
    /// Whose the slot is; empty in a marker of a version that did not write it.
    package var project: String
    package var environment: String
    /// ISO 8601 in UTC; for people, nothing is decided by it.
    package var writtenAt: String
    /// Who sent it; nil in a marker of a version that did not write it.
    package var sender: Sender?

    /// By which another clone learns whose the data is, and whether it is newer than its own.
    package struct Sender: Hashable, Sendable, Codable {
        /// The random id of the clone.
        package var clone: String
        /// A user's name, for people.
        package var name: String
        /// As git describes it, with `-dirty` where files differed; nil outside a repository.
        package var commit: String?
        /// Seconds since 1970 by the sender's clock.
        package var at: Int64

        package init(clone: String, name: String, commit: String?, at: Int64) {
            self.clone = clone
            self.name = name
            self.commit = commit
            self.at = at
        }
    }

    package init(
        release: Int, manifest: DataManifest, generation: Int, project: String, environment: String,
        writtenAt: String, sender: Sender? = nil
    ) {
        self.release = release
        self.manifest = manifest.digest
        files = manifest.entries.count
        bytes = manifest.bytes
        self.generation = generation
        self.project = project
        self.environment = environment
        self.writtenAt = writtenAt
        self.sender = sender
    }
}

extension SlotMarker: Codable {
    private enum Key: String, CodingKey {
        case release, manifest, files, bytes, generation, project, environment, sender
        case writtenAt = "written_at"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let hex = try values.decode(String.self, forKey: .manifest)
        guard let digest = Digest(hex: hex) else {
            throw DecodingError.dataCorruptedError(
                forKey: .manifest, in: values, debugDescription: "not a digest")
        }
        manifest = digest
        // Numbers that can be added to: a marker with others was not written by this tool.
        func number(_ key: Key) throws -> Int64 {
            let number = try values.decode(Int64.self, forKey: key)
            guard (0...(1 << 60)).contains(number) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: values, debugDescription: "beyond all reason")
            }
            return number
        }
        release = Int(try number(.release))
        files = Int(try number(.files))
        bytes = try number(.bytes)
        generation = Int(try number(.generation))
        project = try values.decodeIfPresent(String.self, forKey: .project) ?? ""
        environment = try values.decodeIfPresent(String.self, forKey: .environment) ?? ""
        writtenAt = try values.decodeIfPresent(String.self, forKey: .writtenAt) ?? ""
        sender = try values.decodeIfPresent(Sender.self, forKey: .sender)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(release, forKey: .release)
        try values.encode(manifest.hex, forKey: .manifest)
        try values.encode(files, forKey: .files)
        try values.encode(bytes, forKey: .bytes)
        try values.encode(generation, forKey: .generation)
        try values.encode(project, forKey: .project)
        try values.encode(environment, forKey: .environment)
        try values.encode(writtenAt, forKey: .writtenAt)
        try values.encodeIfPresent(sender, forKey: .sender)
    }

    /// The content of the file.
    package func encoded() throws -> [UInt8] {
        Array(try JSONValue.encode(self).indentedText().utf8)
    }

    /// Reads the content of the file; nil for anything else, which says nothing about the slot. `OwnFile` tells a
    /// newer format from damage.
    package init?(decoding bytes: [UInt8]) {
        let marker = try? JSONValue.decode(SlotMarker.self, from: bytes)  // try?: see above
        guard let marker else {
            return nil
        }
        self = marker
    }
}
