import Archive
import ArchiveHistory
import Digests
import Failures
import PipelineLedger
import Posix
import Processes
import Testing

/// Signatures by the real ssh-keygen.
struct SignatureTests {
    let archive: ScratchArchive
    var signers: String { archive.root + "/allowed_signers" }

    init() throws {
        archive = try ScratchArchive()
        try allow([])
    }

    /// A new key of its own.
    func key(_ name: String, passphrase: String = "") throws -> String {
        let path = "\(archive.root)/\(name)"
        let made = try ProcessRunner.run(
            ProcessCommand([
                "ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path,
            ]))
        try #require(made.exit.isSuccess, "\(made.standardErrorText)")
        return path
    }

    func allow(_ keys: [String], options: String = "") throws {
        let lines = try keys.map { key in
            "\(key.split(separator: "/").last ?? "")@lab \(options)\(try FileSystem.readText(key + ".pub"))"
        }
        try FileSystem.writeAtomically(Array(lines.joined().utf8), to: signers)
    }

    /// - Returns: whether the agent has the key.
    private func add(_ key: String) throws -> Bool {
        try ProcessRunner.run(
            ProcessCommand(
                ["ssh-add", "-q", key], environment: ["SSH_AUTH_SOCK": archive.root + "/agent"])
        ).exit.isSuccess
    }

    func signatures(_ key: String?) -> SegmentSignatures {
        SegmentSignatures(trust: .signers(file: signers), key: key, cancel: nil)
    }

    @Test("T4: what an allowed signer has signed is used, with the signer's name")
    func allowed() throws {
        let ada = try key("ada")
        try allow([ada])
        try archive.clone("a", signatures: signatures(ada)).send(["one"])
        let b = try archive.clone("b", signatures: signatures(nil))
        #expect(try b.read().read == 1)
        #expect(try b.reader.archiveSegments(ScratchArchive.id).map(\.signer) == ["ada@lab"])
    }

    @Test(
        "T4: without a signature, or with one of somebody else, nothing is used until the key is allowed"
    )
    func refused() throws {
        let (ada, eve) = (try key("ada"), try key("eve"))
        try allow([ada])
        try archive.clone("a").send(["unsigned"])
        try archive.clone("e", signatures: signatures(eve)).send(["foreign"])
        let b = try archive.clone("b", signatures: signatures(nil))
        let outcome = try b.read()
        #expect(outcome.read == 0 && outcome.findings.count == 2)
        #expect(outcome.findings.allSatisfy { $0.headline.contains("ada@lab wrote it") })
        #expect(try b.units() == [])
        #expect(try b.reader.archivedObjects(Digest.of("foreign"), in: ScratchArchive.id) == [])
        try allow([ada, eve])
        #expect(try b.read().read == 1)
        #expect(try b.units() == [ScratchArchive.output("foreign")])
    }

    @Test("T4: a key that was revoked signs nothing any more that is new")
    func revoked() throws {
        let (ada, eve) = (try key("ada"), try key("eve"))
        try allow([ada, eve])
        try archive.clone("e", signatures: signatures(eve)).send(["old"])
        let early = try archive.clone("b", signatures: signatures(nil))
        #expect(try early.read().read == 1)
        try allow([ada])
        let late = try archive.clone("c", signatures: signatures(nil))
        #expect(try late.read().read == 0)
    }

    @Test("T4: a signature of another file, and one for another purpose, do not count")
    func swapped() throws {
        let ada = try key("ada")
        try allow([ada])
        let a = try archive.clone("a", signatures: signatures(ada))
        try a.send(["one"])
        try a.send(["two"])
        let files = try archive.files("history").filter { $0.hasSuffix(".sig") }
        let first = try FileSystem.read(files[0], limit: 1 << 16)
        try FileSystem.remove(files[1])
        try FileSystem.writeAtomically(first, to: files[1])
        let b = try archive.clone("b", signatures: signatures(nil))
        let outcome = try b.read()
        #expect(outcome.read == 1 && outcome.findings.count == 1)
        #expect(try b.units() == [ScratchArchive.output("one")])
        try allow([ada], options: "namespaces=\"git\" ")
        let c = try archive.clone("c", signatures: signatures(nil))
        #expect(try c.read().read == 0)
    }

    @Test("T4: one signature stands for all that its writer has written before")
    func chained() throws {
        let ada = try key("ada")
        try allow([ada])
        let a = try archive.clone("a", signatures: signatures(ada))
        try a.send(["one"])
        try a.send(["two"])
        let files = try archive.files("history").filter { $0.hasSuffix(".sig") }
        try FileSystem.remove(files[0])
        let b = try archive.clone("b", signatures: signatures(nil))
        #expect(try b.read().read == 2)
    }

    @Test(
        "T4: it also stands for those that were read before it, in whatever parts they are read",
        arguments: [1, 1200, 32 << 20])
    func late(batchBytes: Int64) throws {
        let ada = try key("ada")
        try allow([ada])
        let a = try archive.clone("a")
        for text in ["one", "two", "three"] { try a.send([text]) }
        try archive.clone("e").send(["forged"])
        let b = try archive.clone("b", signatures: signatures(nil))
        b.batchBytes = batchBytes
        let before = try b.read()
        #expect(before.read == 0 && before.untrusted.count == 4)
        a.signatures = signatures(ada)
        try a.send(["four"])
        let after = try b.read()
        #expect(after.read == 4 && after.untrusted.count == 1, "\(after.findings)")
        let known = try b.reader.archiveSegments(ScratchArchive.id)
        #expect(known.filter(\.isVerified).map(\.signer) == Array(repeating: "ada@lab", count: 4))
    }

    @Test("T4: what was read without signatures ends with the first one that is asked for")
    func begun() throws {
        let ada = try key("ada")
        try allow([ada])
        try archive.clone("e").send(["forged"])
        let a = try archive.clone("a")
        try a.read()
        try a.send(["own"])
        #expect(try a.units().count == 2)
        let left = try #require(try a.ledger.setAsideUnverified())
        #expect(left.segments == 1 && left.authors == ["ada@lab"])
        #expect(try a.units() == [ScratchArchive.output("own")])
        #expect(try a.ledger.setAsideUnverified() == nil)
        a.signatures = signatures(ada)
        #expect(try a.read().untrusted.count == 1)
        #expect(try a.units() == [ScratchArchive.output("own")])
    }

    @Test(
        "T4: a clone that begins to sign does not stand for what somebody else has put into its series"
    )
    func foreign() throws {
        let ada = try key("ada")
        try allow([ada])
        let a = try archive.clone("a")
        try a.send(["one"])
        let forger = try archive.clone("a")
        try forger.read()
        try forger.send(["forged"])
        try a.read()
        try a.send(["two"])
        a.signatures = signatures(ada)
        // The one that follows the forged one does not count either.
        #expect(try a.ledger.setAsideUnverified()?.segments == 2)
        try a.read()
        try a.send(["three"])
        let b = try archive.clone("b", signatures: signatures(nil))
        #expect(try b.read().read == 2)
        #expect(try b.units() == Set(["one", "three"].map(ScratchArchive.output)))
    }

    @Test(
        "T4: a segment without a signature beside a signed one of the same writer and number is not used"
    )
    func forged() throws {
        let ada = try key("ada")
        try allow([ada])
        // The same clone, continued by somebody who can write and has no key: its segment follows the chain.
        for text in (0..<8).map({ "forged \($0)" }) {
            let archive = try ScratchArchive()
            let a = try archive.clone("a", signatures: signatures(ada))
            try a.send(["one"])
            let forger = try archive.clone("a")
            try forger.read()
            try a.send(["two"])
            try forger.send([text])
            try a.send(["three"])
            let b = try archive.clone("b", signatures: signatures(nil))
            let outcome = try b.read()
            #expect(outcome.read == 3 && outcome.findings.count == 1, "\(outcome.findings)")
            #expect(try b.units() == Set(["one", "two", "three"].map(ScratchArchive.output)))
        }
    }

    @Test(
        "T4: a key in an agent signs by its public half; one with a passphrase and no agent is an error that says what to do"
    )
    func agent() throws {
        let ada = try key("ada", passphrase: "secret words")
        try allow([ada])
        let a = try archive.clone("a", signatures: signatures(ada))
        #expect {
            try a.send(["one"])
        } throws: { error in
            guard case .signing(let reason) = error as? ArchiveError else { return false }
            return !reason.isEmpty
        }
        #expect(try archive.files("history") == [])
        let open = try key("grace")
        try allow([open])
        let agent = try ChildProcess(
            ProcessCommand(["ssh-agent", "-D", "-a", archive.root + "/agent"]),
            standardOutput: .null, standardError: .null)
        defer { agent.terminate(grace: 1) }
        // The socket has its name a moment before the agent listens at it.
        let end = MonotonicClock.nanoseconds() + 10_000_000_000
        while try !add(open) {
            try #require(MonotonicClock.nanoseconds() < end)
            _ = try Poll.wait([], timeoutMs: 5)
        }
        try FileSystem.remove(open)
        let signed = try archive.clone(
            "c",
            signatures: SegmentSignatures(
                trust: .signers(file: signers), key: open + ".pub", cancel: nil,
                environment: ["SSH_AUTH_SOCK": archive.root + "/agent"]))
        try signed.send(["two"])
        let b = try archive.clone("b", signatures: signatures(nil))
        #expect(try b.read().read == 1)
    }
}
