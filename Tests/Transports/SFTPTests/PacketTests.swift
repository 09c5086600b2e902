import Testing

@testable import SFTP

/// Requests byte for byte, as draft-ietf-secsh-filexfer-02 lays them out.
struct PacketTests {
    private let handle = Handle(bytes: [0xAA, 0xBB])

    private func text(_ string: String) -> [UInt8] {
        [0, 0, 0, UInt8(string.utf8.count)] + Array(string.utf8)
    }

    private func packet(_ body: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(body.count)] + body }

    @Test func theFirstPacketAsksForVersion3() {
        #expect(Request.initialization == [0, 0, 0, 5, 1, 0, 0, 0, 3])
    }

    @Test func requests() {
        let id: [UInt8] = [0, 0, 1, 2]
        let path = RemotePath("a/b")
        let cases: [(Request, [UInt8])] = [
            (
                .open(path, [.write, .create, .truncate], FileAttributes(permissions: 0o644)),
                [3] + id + text("a/b") + [0, 0, 0, 26] + [0, 0, 0, 4] + [0, 0, 1, 0xA4]
            ),
            (.close(handle), [4] + id + [0, 0, 0, 2, 0xAA, 0xBB]),
            (
                .read(handle, offset: 1 << 32, length: 7),
                [5] + id + [0, 0, 0, 2, 0xAA, 0xBB] + [0, 0, 0, 1, 0, 0, 0, 0] + [0, 0, 0, 7]
            ),
            (.linkStatus(path), [7] + id + text("a/b")),
            (
                .setHandleStatus(
                    handle, FileAttributes(permissions: 1, times: .init(accessed: 2, modified: 3))),
                [10] + id + [0, 0, 0, 2, 0xAA, 0xBB] + [0, 0, 0, 12] + [0, 0, 0, 1] + [0, 0, 0, 2]
                    + [0, 0, 0, 3]
            ),
            (.readFolder(handle), [12] + id + [0, 0, 0, 2, 0xAA, 0xBB]),
            (.rename(path, to: RemotePath("c")), [18] + id + text("a/b") + text("c")),
            (
                .replace(RemotePath("new"), by: path),
                [200] + id + text("posix-rename@openssh.com") + text("a/b") + text("new")
            ),
            (
                .hardLink(path, at: RemotePath("c")),
                [200] + id + text("hardlink@openssh.com") + text("a/b") + text("c")
            ),
        ]
        for (request, body) in cases {
            #expect(request.packet(id: 0x102) == packet(body), "\(request)")
        }
    }

    @Test func theHeaderOfAWriteCountsItsData() {
        let header = Request.writeHeader(id: 1, handle, offset: 5, length: 300)
        #expect(
            header == [0, 0, 1, 0x43, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0xAA, 0xBB]
                + [0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 1, 44])
    }

    @Test func repliesAreRead() throws {
        let status: [UInt8] = [101, 0, 0, 0, 9, 0, 0, 0, 4] + text("why") + text("en")
        #expect(try Reply.parse(status[...]) == (9, .status(.failure, message: "why")))
        let old: [UInt8] = [101, 0, 0, 0, 9, 0, 0, 0, 0]
        #expect(try Reply.parse(old[...]) == (9, .status(.ok, message: "")))
        let name: [UInt8] =
            [104, 0, 0, 0, 1, 0, 0, 0, 1] + text("f") + text("-rw f") + [0, 0, 0, 5]
            + [0, 0, 0, 0, 0, 0, 0, 9] + [0, 0, 0x81, 0xA4]
        let found = RemoteName(
            bytes: Array("f".utf8), attributes: FileAttributes(size: 9, permissions: 0o100644))
        #expect(try Reply.parse(name[...]) == (1, .names([found])))
        #expect(found.attributes.kind == .file)
        #expect(found.isSafe)
    }

    @Test(arguments: ["", ".", "..", "a/b", "/etc", "../x", "zero\0byte"])
    func namesThatLeadElsewhereAreNotSafe(_ name: String) {
        #expect(!RemoteName(bytes: Array(name.utf8), attributes: FileAttributes()).isSafe)
    }

    @Test func capabilitiesAreBelievedWithinBounds() throws {
        var capabilities = Capabilities(extensions: [
            "posix-rename@openssh.com": "1", "hardlink@openssh.com": "2", "fsync@openssh.com": "1",
        ])
        #expect(capabilities.canReplace)
        #expect(!capabilities.canHardLink)
        #expect(capabilities.writeLength == 32_768)
        func eight(_ number: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        }
        let openSSH = eight(262_144) + eight(261_120) + eight(261_120) + eight(1019)
        try capabilities.take(limits: openSSH[...])
        #expect(capabilities.writeLength == 261_120)
        #expect(capabilities.openFiles == 64)
        let liar = eight(.max) + eight(.max) + eight(1) + eight(1)
        try capabilities.take(limits: liar[...])
        #expect(capabilities.writeLength == 4096)
        #expect(capabilities.readLength == 261_120)
        #expect(capabilities.openFiles == 4)
        #expect(throws: ProtocolViolation.self) { try capabilities.take(limits: liar[..<9]) }
    }
}

extension PacketTests {
    /// Whatever comes, it is an error or a value, and no byte beyond the packet is read.
    @Test func noBytesCrashTheReader() {
        var random = SeededRandom(seed: 42)
        let valid: [[UInt8]] = [
            [104, 0, 0, 0, 1, 0, 0, 0, 2] + text("f") + text("-rw f") + [0, 0, 0, 5]
                + [0, 0, 0, 0, 0, 0, 0, 9] + [0, 0, 0x81, 0xA4] + text("g") + text("")
                + [0x80, 0, 0, 0, 0, 0, 0, 1] + text("x") + text("y"),
            [101, 0, 0, 0, 9, 0, 0, 0, 4] + text("why") + text("en"),
            [102, 0, 0, 0, 9] + text("handle"), [103, 0, 0, 0, 9] + text("data"),
            [105, 0, 0, 0, 9, 0, 0, 0, 15] + [UInt8](repeating: 1, count: 28),
        ]
        var (values, errors) = (0, 0)
        for _ in 0..<20_000 {
            var bytes = valid[Int.random(in: 0..<valid.count, using: &random)]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            do {
                _ = try Reply.parse(bytes[...])
                values += 1
            } catch { errors += 1 }
        }
        #expect(values > 1000)
        #expect(errors > 1000)
    }

    @Test func aStreamIsCutIntoPacketsWhereverItIsBroken() throws {
        var random = SeededRandom(seed: 1)
        let packets = (1...200).map { [UInt8](repeating: UInt8($0 % 251), count: $0 * 7) }
        var stream: [UInt8] = []
        for packet in packets {
            let length = packet.count
            stream += [0, 0, UInt8(length >> 8), UInt8(length & 255)]
            stream += packet
        }
        for _ in 0..<20 {
            var splitter = PacketSplitter()
            var found: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...5000, using: &random))
                rest = rest.dropFirst(piece.count)
                try splitter.receive(Array(piece)) { found.append(Array($0)) }
            }
            #expect(found == packets)
        }
    }

    @Test func aLoginScriptThatPrintsIsNamedAsTheReason() {
        var splitter = PacketSplitter()
        #expect {
            try splitter.receive(Array("Welcome to the server\n".utf8)) { _ in }
        } throws: {
            ($0 as? ProtocolViolation)?.reason.contains("Welcome to the server") == true
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
