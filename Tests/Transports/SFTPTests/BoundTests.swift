import Failures
import Posix
import Processes
import TestServers
import Testing

@testable import SFTP

/// What a server sends has an end: bounded memory, and an error of that server.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct BoundTests {
    let scene: UploadScene

    init() throws {
        scene = try UploadScene()
        try FileSystem.writeAtomically([1], to: "\(scene.there)/file")
    }

    private func isProtocol(_ error: (any Error)?) -> Bool {
        if case .protocolViolation? = error as? SFTPError { true } else { false }
    }

    @Test("D61: a folder without end is an error")
    func endless() throws {
        #expect {
            try scene.client("endless").list(
                [(RemotePath(scene.there), 0)], isInterrupted: SFTPClient.never
            ) { _, _ in [] }
        } throws: {
            isProtocol($0)
        }
    }

    @Test("D61: folders in folders without end are an error")
    func deep() throws {
        var depth = 0
        #expect {
            try scene.client("deep").list(
                [(RemotePath(scene.there), 0)], isInterrupted: SFTPClient.never
            ) { path, names in
                depth += 1
                // As a server would that follows its own lies: the same folder again, under a longer name.
                return (names ?? []).isEmpty ? [] : [(path.appending("."), 0)]
            }
        } throws: {
            isProtocol($0)
        }
        #expect(depth < 4096)
    }

    @Test("D61: a message of megabytes is reported by its beginning")
    func longMessage() throws {
        let file = try scene.file("f", bytes: 10)
        let error = #expect(throws: SFTPError.self) {
            try scene.send([file], scene.client("fail-writes-from=1", "long-message=3000000"))
        }
        #expect((error?.failure.text.utf8.count ?? .max) < 3000)
    }
}
