import Digests
import Posix
import SFTP
import TestServers
import Testing

/// Sources that change on the way, and a server without room.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct SourceTests {
    let scene: UploadScene

    init() throws { scene = try UploadScene() }

    @Test(
        "D40: a source that is changed while it is sent never gets the name, however it is changed")
    func changedMeanwhile() throws {
        let changes: [(String, (String) throws -> Void)] = [
            ("grown", { try Self.append([1], to: $0) }),
            ("emptied", { try Self.truncate($0) }),
        ]
        for (name, change) in changes {
            let file = try scene.file(name, bytes: 40_000_000)
            var isChanged = false
            var events = UploadEvents()
            events.acknowledged = { _ in
                guard !isChanged else { return }
                isChanged = true
                try? change("\(scene.root)/\(name)")
            }
            #expect {
                try scene.send([file], scene.client(), events: events)
            } throws: {
                guard case .sourceDiffers? = $0 as? SFTPError else { return false }
                return true
            }
            #expect(isChanged)
            #expect(scene.names == [])
        }
    }

    @Test("D41: a source that is removed while it is sent arrives whole: it is open")
    func removedMeanwhile() throws {
        let file = try scene.file("f", bytes: 40_000_000)
        var events = UploadEvents()
        events.acknowledged = { _ in try? FileSystem.remove("\(scene.root)/f") }
        try scene.send([file], scene.client(), events: events)
        #expect(try FileSystem.status("\(scene.root)/f") == nil)
        #expect(try scene.isThere(file))
        #expect(scene.names == ["f"])
    }

    @Test("D46: times are kept to the second")
    func times() throws {
        let file = try scene.file("f", bytes: 1000)
        try scene.send([file], scene.client())
        let here = try #require(try FileSystem.status("\(scene.root)/f"))
        let there = try #require(try FileSystem.status("\(scene.there)/f"))
        #expect(there.modifiedNs == here.modifiedNs / 1_000_000_000 * 1_000_000_000)
    }

    @Test(
        "D29: a full disk is named as the reason, and there is no file with the name",
        .enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func full() throws {
        let disk = try SmallDisk(at: scene.there)
        let file = try scene.file("f", bytes: 8_000_000)
        #expect(throws: SFTPError.noRoom(path: "\(scene.there)/f")) {
            try scene.send([file], scene.client())
        }
        #expect(scene.names == [".aside-f"])
        #expect(try scene.bytesWritten() > 0)
        disk.remove()
    }

    private static func append(_ bytes: [UInt8], to path: String) throws {
        let descriptor = try Descriptors.open(path, .append)
        defer { Descriptors.close(descriptor) }
        try Descriptors.write(bytes, to: descriptor, path: path)
    }

    private static func truncate(_ path: String) throws {
        Descriptors.close(try Descriptors.open(path, .replace))
    }
}
