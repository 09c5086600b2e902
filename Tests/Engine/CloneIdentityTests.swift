import PipelineEngine
import Posix
import Testing

/// The id by which other clones know this one.
struct CloneIdentityTests {
    private let folder: String

    init() throws {
        folder = "/tmp/\(FileSystem.temporaryPath(beside: "x").dropFirst(2))"
        try FileSystem.createDirectories(folder)
    }

    @Test("it is made once, and another clone gets another one")
    func once() throws {
        defer { try? FileSystem.removeTree(folder) }  // try?: a scratch folder
        #expect(try CloneIdentity.existing(at: "\(folder)/a") == nil)
        let first = try CloneIdentity.id(at: "\(folder)/a")
        #expect(first.utf8.count == 32)
        #expect(try CloneIdentity.id(at: "\(folder)/a") == first)
        #expect(try CloneIdentity.existing(at: "\(folder)/a") == first)
        #expect(try CloneIdentity.id(at: "\(folder)/b") != first)
        #expect(try FileSystem.status("\(folder)/a")?.mode == 0o600)
        #expect(try FileSystem.entries(of: folder).map(\.name) == ["a", "b"])
    }

    @Test(
        "a file that holds something else is an error, and stays", arguments: ["", "x\n", "0123"])
    func damaged(text: String) throws {
        defer { try? FileSystem.removeTree(folder) }  // try?: a scratch folder
        let path = "\(folder)/id"
        try FileSystem.writeAtomically(Array(text.utf8), to: path)
        #expect(throws: CloneIdentityError.self) { try CloneIdentity.id(at: path) }
        #expect(try FileSystem.readText(path) == text)
    }
}
