import Archive
import Failures
import Posix
import Testing

/// Segments of a key that counts no more, or not yet.
extension SignatureTests {
    @Test(
        "T4: with valid-before a key counts for what it signed until then, also in a clone that reads it later"
    )
    func retired() throws {
        let eve = try key("eve")
        try allow([eve])
        // Samples.head tells when it was made: on 2025-11-29.
        try archive.clone("e", signatures: signatures(eve)).send(["old"])
        try allow([eve], options: "valid-before=\"20251201\" ")
        let late = try archive.clone("b", signatures: signatures(nil))
        #expect(try late.read().read == 1)
        #expect(try late.units() == [ScratchArchive.output("old")])
        try allow([eve], options: "valid-before=\"20251101\" ")
        let later = try archive.clone("c", signatures: signatures(nil))
        #expect(try later.read().read == 0)
    }

    @Test(
        "T4: a segment that was refused is not read again until who may sign has changed, its signature has, or its writer goes on"
    )
    func remembered() throws {
        let (ada, eve) = (try key("ada"), try key("eve"))
        try allow([ada])
        let e = try archive.clone("e", signatures: signatures(eve))
        try e.send(["one"])
        let b = try archive.clone("b", signatures: signatures(nil))
        #expect(try b.read().untrusted.count == 1)
        // A clone that reads it finds another content under the name.
        let file = try #require(archive.files("history").first { $0.hasSuffix(".jsonl") })
        let whole = try FileSystem.read(file)
        func alter() throws {
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(whole.map { $0 ^ 1 }, to: file)
        }
        try alter()
        let again = try b.read()
        #expect(again.untrusted.count == 1 && again.damaged.isEmpty)
        #expect(again.untrusted.first?.headline.contains("its key is not in") == true)
        let other = try archive.clone("c", signatures: signatures(nil))
        #expect(try other.read().damaged.count == 1)

        try FileSystem.remove("\(file).sig")
        #expect(try b.read().damaged.count == 1)
        try FileSystem.remove(file)
        try FileSystem.writeAtomically(whole, to: file)
        #expect(try b.read().untrusted.count == 1)
        try alter()
        try allow([ada, eve])
        #expect(try b.read().damaged.count == 1)
        try FileSystem.remove(file)
        try FileSystem.writeAtomically(whole, to: file)
        try allow([ada])
        #expect(try b.read().untrusted.count == 1)
        // A later segment of the same writer may stand for it.
        e.signatures = signatures(ada)
        try e.send(["two"])
        #expect(try b.read().read == 2)
        #expect(try b.units() == [ScratchArchive.output("one"), ScratchArchive.output("two")])
    }
}
