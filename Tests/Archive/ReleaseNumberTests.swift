import Archive
import ArchiveHistory
import Digests
import DirectoryTransports
import Failures
import Posix
import Testing

/// Numbers of releases: each is given out once.
struct ReleaseNumberTests {
    private static let author = Author(user: "ann", host: "lab1")

    /// As a clone of its own does.
    private static func take(
        _ number: Int64, _ identity: Digest, _ folder: String
    ) throws -> Digest? {
        let place = ArchivePlace(name: folder) { name in
            DirectoryTransport(root: name.isEmpty ? folder : "\(folder)/\(name)")
        }
        let isGiven = try ReleaseNumbers(place, environment: "web").give(
            number, to: identity, author: author, madeMs: 1)
        return isGiven ? identity : nil
    }

    @Test(
        "T2: of many clones that want a number at the same time, one gets it; equal content shares it"
    )
    func race() async throws {
        let archive = try ScratchArchive()
        try FileSystem.createDirectories(archive.folder)
        let folder = archive.folder
        let winners = try await withThrowingTaskGroup(of: Digest?.self) { group in
            for number in 0..<16 {
                group.addTask { try Self.take(7, Digest.of("content \(number % 8)"), folder) }
            }
            var winners: Set<Digest> = []
            for try await winner in group { if let winner { winners.insert(winner) } }
            return winners
        }
        #expect(winners.count == 1)
        let numbers = ReleaseNumbers(archive.place, environment: "web")
        #expect(try numbers.holder(of: 7) == winners.first)
        #expect(try numbers.all() == [7])
        #expect(try ReleaseNumbers(archive.place, environment: "other").all().isEmpty)
    }

    @Test("names that no clone has written are no numbers: the next one always has room")
    func impossible() throws {
        let archive = try ScratchArchive()
        let folder = archive.folder + "/releases/web"
        try FileSystem.createDirectories(folder)
        for name in ["3", "0", "-1", "9223372036854775807", "x"] {
            try FileSystem.writeAtomically([], to: "\(folder)/\(name).json")
        }
        #expect(try ReleaseNumbers(archive.place, environment: "web").all() == [3])
    }

    @Test("T2: a place that takes no new file is reported: its numbers are not taken")
    func refused() throws {
        let place = ArchivePlace(name: "sftp lab") { _ in RefusingTransport() }
        #expect {
            try ReleaseNumbers(place, environment: "web").give(
                7, to: Digest.of("a"), author: Self.author, madeMs: 1)
        } throws: {
            let failure = Failure(of: $0)
            return failure.code == "archive-refuses"
                && failure.headline.contains("releases/web/7.json")
        }
    }

    @Test("a file that cannot be read holds its number, for nobody")
    func damaged() throws {
        let archive = try ScratchArchive()
        let numbers = ReleaseNumbers(archive.place, environment: "web")
        #expect(try numbers.give(1, to: Digest.of("a"), author: Self.author, madeMs: 1))
        try FileSystem.writeAtomically(
            Array("{".utf8), to: "\(archive.folder)/releases/web/1.json")
        #expect(try numbers.holder(of: 1) == nil)
        #expect(try numbers.give(1, to: Digest.of("a"), author: Self.author, madeMs: 1) == false)
        #expect(try numbers.give(2, to: Digest.of("a"), author: Self.author, madeMs: 1))
    }
}
