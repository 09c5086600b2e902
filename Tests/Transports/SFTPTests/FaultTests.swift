import Digests
import Failures
import Posix
import Processes
import SFTP
import TestServers
import Testing

/// Every fault made by a server that has it; the end state is looked at on the disk.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct FaultTests {
    let scene: UploadScene

    init() throws { scene = try UploadScene() }

    /// The most that may be on its way on two sessions.
    private let window = 2 * (8 << 20)

    @Test("opens for writing never ask for reading; nothing beyond the protocol is needed")
    func plain() throws {
        let files = try (0..<40).map { try scene.file("f\($0)", bytes: $0 * 5000) }
        try scene.send(files, scene.client("no-read-write", "strip"))
        for file in files { #expect(try scene.isThere(file)) }
        #expect(scene.names.count == 40)
        let opens = try scene.requests().filter { $0[0] == "3" }.compactMap { Int($0[1]) }
        #expect(opens.count == 40)
        #expect(opens.allSatisfy { $0 & 3 == 2 })
    }

    @Test("D49: replies in any order")
    func shuffled() throws {
        let files = try (0..<30).map { try scene.file("f\($0)", bytes: $0 * 30_000) }
        let client = scene.client("shuffle")
        try scene.send(files, client)
        for file in files { #expect(try scene.isThere(file)) }
        var found: Set<String> = []
        try client.list([(RemotePath(scene.there), 0)], isInterrupted: SFTPClient.never) {
            _, names in
            found = Set((names ?? []).map { String(decoding: $0.bytes, as: UTF8.self) })
            return []
        }
        #expect(
            found
                == Set(files.map { String($0.target.description.split(separator: "/").last ?? "") })
        )
        var read: [UInt8] = []
        let exists = try client.read(
            files[29].target, size: files[29].size, isInterrupted: SFTPClient.never
        ) {
            read += $0
            return nil
        }
        #expect(exists)
        #expect(Digest.of(read) == files[29].digest)
    }

    @Test("D49: a reply that never comes is not waited for without end", arguments: [3, 9, 20])
    func dropped(_ reply: Int) throws {
        let files = try (0..<10).map { try scene.file("f\($0)", bytes: 50_000) }
        try scene.send(
            files, scene.client("drop-reply=\(reply)", "once=\(scene.root)/once", patience: 2))
        for file in files { #expect(try scene.isThere(file)) }
    }

    @Test("D49: a server that drops the same reply each time is not tried for ever")
    func hopeless() throws {
        let file = try scene.file("f", bytes: 10_000)
        #expect {
            try scene.send([file], scene.client("drop-reply=2", patience: 0.05))
        } throws: {
            guard case .noConnection? = $0 as? SFTPError else { return false }
            return true
        }
        #expect(try !scene.isThere(file))
    }

    @Test("D49: a WRITE that was done by half is seen by the size, and nothing gets its name")
    func short() throws {
        let file = try scene.file("f", bytes: 3_000_000)
        let other = try scene.file("g", bytes: 3_000_000)
        #expect {
            try scene.send([file], scene.client("lie-size"))
        } throws: {
            guard case .sizeDiffers(_, 3_000_000, 3_000_001)? = $0 as? SFTPError else {
                return false
            }
            return true
        }
        #expect(throws: SFTPError.self) { try scene.send([other], scene.client("short-write=12")) }
        #expect(try !scene.isThere(file))
        #expect(try !scene.isThere(other))
        #expect(scene.names.allSatisfy { $0.hasPrefix(".aside-") })
    }

    @Test(
        "D29: a refused WRITE ends it with the reason, and what was sent stays to be gone on with")
    func refused() throws {
        var file = try scene.file("f", bytes: 8_000_000)
        var acknowledged: Int64 = 0
        var events = UploadEvents()
        events.acknowledged = { acknowledged = $0 }
        #expect {
            try scene.send([file], scene.client("fail-writes-from=20"), events: events)
        } throws: {
            guard case .refused("write", _, .failure, _)? = $0 as? SFTPError else { return false }
            return true
        }
        #expect(scene.names == [".aside-f"])
        #expect(acknowledged > 0 && acknowledged < 8_000_000)
        try FileSystem.remove(scene.log)
        file.acknowledged = acknowledged
        try scene.send([file], scene.client())
        #expect(try scene.isThere(file))
        #expect(try scene.bytesWritten() == 8_000_000 - Int(acknowledged))
    }

    @Test("D1: a lost connection is opened again, and at most a window is sent twice")
    func lost() throws {
        let size = 60_000_000
        let file = try scene.file("f", bytes: size)
        try scene.send([file], scene.client("die-after=20000000"))
        #expect(try scene.isThere(file))
        #expect(scene.names == ["f"])
        let written = try scene.bytesWritten()
        #expect(written >= size)
        // Three times at least it was cut.
        #expect(written - size <= 3 * window)
    }

    @Test("D1: what another process acknowledged is gone on with, unless it is not what is there")
    func resumed() throws {
        var file = try scene.file("f", bytes: 5_000_000)
        let content = try FileSystem.read("\(scene.root)/f")
        try FileSystem.writeAtomically(content[..<3_000_000], to: "\(scene.there)/.aside-f")
        file.acknowledged = 3_000_000
        try scene.send([file], scene.client())
        #expect(try scene.isThere(file))
        #expect(try scene.bytesWritten() == 2_000_000)

        var spoilt = try scene.file("g", bytes: 5_000_000)
        try FileSystem.writeAtomically(
            [UInt8](repeating: 0, count: 3_000_000), to: "\(scene.there)/.aside-g")
        spoilt.acknowledged = 3_000_000
        try scene.send([spoilt], scene.client())
        #expect(try scene.isThere(spoilt))

        var tooShort = try scene.file("h", bytes: 5_000_000)
        tooShort.acknowledged = 4_000_000
        try scene.send([tooShort], scene.client())
        #expect(try scene.isThere(tooShort))
    }

    @Test(
        "D3: the connection is lost around the rename; it is found out which it was",
        arguments: ["die-before-rename", "die-after-rename"])
    func rename(_ fault: String) throws {
        try FileSystem.writeAtomically(Array("old".utf8), to: "\(scene.there)/f")
        let file = try scene.file("f", bytes: 300_000)
        var ended = 0
        var events = UploadEvents()
        events.ended = { ended += 1 }
        try scene.send([file], scene.client(fault, "once=\(scene.root)/once"), events: events)
        #expect(try scene.isThere(file))
        #expect(scene.names == ["f"])
        #expect(ended == 1)
        // No data went twice for it.
        #expect(try scene.bytesWritten() == 300_000)
    }

    @Test("D50: without posix-rename what has the name is replaced all the same")
    func noReplace() throws {
        try FileSystem.writeAtomically(Array("old".utf8), to: "\(scene.there)/f")
        let file = try scene.file("f", bytes: 1000)
        try scene.send([file], scene.client(options: ["-P", "posix-rename"]))
        #expect(try scene.isThere(file))
    }

    @Test("D40, D41: a source that is not what was planned never gets the name")
    func changed() throws {
        var file = try scene.file("f", bytes: 1_000_000)
        file.digest = Digest.of("something else")
        #expect {
            try scene.send([file], scene.client())
        } throws: {
            guard case .sourceDiffers? = $0 as? SFTPError else { return false }
            return true
        }
        #expect(scene.names == [])

        let other = try scene.file("g", bytes: 1_000_000)
        try FileSystem.writeAtomically([1], to: "\(scene.root)/g")
        #expect(throws: SFTPError.self) { try scene.send([other], scene.client()) }
        let gone = try scene.file("h", bytes: 10)
        try FileSystem.remove("\(scene.root)/h")
        #expect(throws: SFTPError.self) { try scene.send([gone], scene.client()) }
        #expect(scene.names == [])
    }

    @Test("garbage instead of a reply ends it with an error, wherever it comes", arguments: 1...12)
    func garbage(_ reply: Int) throws {
        let files = try (0..<3).map { try scene.file("f\($0)", bytes: 10_000) }
        let done = (try? scene.send(files, scene.client("garbage=\(reply)", patience: 1))) != nil
        for file in files where done { #expect(try scene.isThere(file)) }
        // A name is only ever given to a whole file.
        for file in files where scene.names.contains(file.target.description) {
            #expect(try scene.isThere(file))
        }
    }

    @Test("a program that does not speak SFTP is named, and not waited for")
    func notSFTP() throws {
        for command in [
            ["echo", "Welcome to the server"], ["cat"], ["false"], ["/no/such/program"],
        ] {
            var settings = ClientSettings(command: ProcessCommand(command), host: "test")
            settings.patience = 0.5
            let error = #expect(throws: SFTPError.self) {
                _ = try SFTPClient(settings).capabilities()
            }
            // It answers with the question itself.
            guard command == ["cat"] else { continue }
            #expect(error?.failure.code == "sftp-protocol", "\(String(describing: error))")
        }
    }
}

extension FaultTests {
    /// A process that nobody reaps would stay a zombie for as long as the tool runs.
    @Test("sessions leave no process behind, also with answers that were not waited for")
    func noLeftovers() throws {
        for fault in ["shuffle", "die-after=20000", "garbage=9"] {
            weak var client: SFTPClient?
            do {
                let files = try (0..<20).map { try scene.file("f\($0)", bytes: 10_000) }
                let working = scene.client(fault)
                client = working
                _ = try? scene.send(files, working)
                _ = try? working.list(
                    [(RemotePath(scene.there), 5000)], isInterrupted: SFTPClient.never,
                    found: { _, _ in [] })
            }
            #expect(client == nil)
        }
        // Of this test's own servers, by the path of their log.
        let left = try ProcessRunner.run(
            ProcessCommand(["pgrep", "-f", scene.log]), timeout: 20)
        #expect(left.standardOutputText == "")
    }
}
