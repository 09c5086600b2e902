package import ArchiveHistory
package import Digests
import Failures
import JSON
import Slots

/// The numbers of an environment's releases, each given out once to one content: files `releases/ENVIRONMENT/NUMBER.json` of an
/// archive, of which one clone alone can make each.
package struct ReleaseNumbers {
    private let place: ArchivePlace
    private let environment: String

    package init(_ place: ArchivePlace, environment: String) {
        self.place = place
        self.environment = environment
    }

    package static let releases = "releases"

    private var folder: String { "\(Self.releases)/\(environment)" }

    /// Numbers that are given out.
    package func all() throws -> Set<Int64> {
        let entries = try place.reaching { try place.folder(folder).entries(of: nil) } ?? []
        return Set(entries.compactMap { Self.number($0.name) })
    }

    /// The content that has a number; nil where nobody has it, or what lies there cannot be read.
    package func holder(of number: Int64) throws -> Digest? {
        let bytes = try place.reaching { try place.folder(folder).readOwn(Self.name(number)) }
        return bytes.flatMap(Self.identity)
    }

    /// Gives the number to a content, unless another has it.
    ///
    /// - Returns: whether the content has the number now.
    /// - Throws: `Failure` where the place takes no file.
    package func give(
        _ number: Int64, to identity: Digest, author: Author, madeMs: Int64
    ) throws -> Bool {
        let bytes = bytes(number, identity, author, madeMs)
        let transport = place.folder(folder)
        let isMade = try place.reaching {
            try place.root().makeFolders([try RelativePath(folder)])
            return try transport.createOwn(Self.name(number), bytes)
        }
        if isMade { return true }
        // A server may refuse a file for another reason than that it is there.
        guard try all().contains(number) else {
            throw Failure(
                "archive-refuses",
                "the archive \(place.name) takes no new file: \(folder)/\(Self.name(number)) was refused, and is not there",
                cause: "it is full, can only be read, or its user may not write there",
                next: "see to it that it can be written", run: .again)
        }
        return try holder(of: number) == identity
    }

    /// Writes the file of a number again, where what lies there is damaged or nothing does.
    package func restore(
        _ number: Int64, of identity: Digest, author: Author, madeMs: Int64
    ) throws {
        // Its own check says that it is not what a clone has written there.
        guard try holder(of: number) == nil else { return }
        let bytes = bytes(number, identity, author, madeMs)
        try place.reaching {
            try place.root().makeFolders([try RelativePath(folder)])
            try place.folder(folder).writeOwn(Self.name(number), bytes)
        }
    }

    private func bytes(
        _ number: Int64, _ identity: Digest, _ author: Author, _ madeMs: Int64
    ) -> [UInt8] {
        CheckedFile.bytes([
            "format": .int(1), "environment": .string(environment), "number": .int(number),
            "identity": .string(identity.hex), "author": author.value, "made": .int(madeMs),
        ])
    }

    private static func name(_ number: Int64) -> String { "\(number).json" }

    /// A number beyond is none that a clone has given out: the next one would have no room.
    private static let mostReleases: Int64 = 1_000_000_000

    static func number(_ name: String) -> Int64? {
        guard name.hasSuffix(".json"), let number = Int64(name.dropLast(5)),
            (1...mostReleases).contains(number)
        else { return nil }
        return number
    }

    static func identity(_ bytes: [UInt8]) -> Digest? {
        // One that is damaged is a number that nobody can use.
        CheckedFile.value(bytes)?["identity"]?.string.flatMap { Digest(hex: $0) }
    }
}
