import AWS
import DeployLocking
import Failures
import FoundationEssentials
import Posix
import Processes
import Synchronization
import TestServers
import Testing

extension CloudStepTests {
    @Test("D43, D44: a lease is another's only once it has run out, by clocks that may differ")
    func leaseExpiry() throws {
        let clock = Clock()
        let store = try store()
        let alice = try take(store, "alice", clock)
        let held = #expect(throws: LeaseError.self) { try take(store, "bob", clock) }
        #expect(held?.failure.code == "lease-held", "\(String(describing: held))")
        // Run out by this clock, and perhaps not by hers.
        clock.advance(600 + 300)
        #expect(throws: LeaseError.self) { try take(store, "bob", clock) }
        try alice.confirm()
        clock.advance(600 + 300)
        #expect(throws: LeaseError.self) { try take(store, "bob", clock) }
        clock.advance(1)
        let bob = try take(store, "bob", clock)
        #expect(bob.fence > alice.fence)
        let lost = #expect(throws: LeaseError.self) { try alice.confirm() }
        #expect(lost == .lost(by: "bob"))
        #expect(alice.loss == .lost(by: "bob"))
        #expect(throws: LeaseError.lost(by: "bob")) { try alice.update { $0.live = nil } }
        // What she gives back is not his.
        try alice.release()
        #expect(try store.read().record.holder?.name == "bob")
        try bob.release()
        #expect(throws: LeaseError.over) { try bob.confirm() }
        #expect(try store.read().record.holder == nil)
    }

    @Test(
        "D43: a lease is renewed while it is held, and its run is stopped once another has taken it"
    )
    func leaseRenewal() throws {
        let clock = Clock()
        let store = try store()
        let stopping = Cancellation()
        var times = DeployLock.Times()
        times.renewal = 0.2
        let alice = try take(store, "alice", clock, times, stopping: stopping)
        let until = alice.record.holder?.until ?? 0
        clock.advance(100)
        try Await.that { (try store.read().record.holder?.until ?? 0) == until + 100 }
        #expect(!stopping.isCancelled)
        let bob = try take(store, "bob", clock, takes: true)
        try Await.that { stopping.isCancelled }
        #expect(alice.loss == .lost(by: "bob"))
        try bob.confirm()
        try bob.release()
    }

    @Test("D43: who waits for a lease takes it when it is given back")
    func leaseWaiting() throws {
        let clock = Clock()
        let store = try store()
        let alice = try take(store, "alice", clock)
        var times = DeployLock.Times()
        times.look = 0.01
        // Given back at the third look.
        times.clock = {
            if clock.look() == 3 {
                do { try alice.release() } catch { Issue.record(error) }
            }
            return clock.now
        }
        var told: [String] = []
        let bob = try DeployLock.take(
            store, name: "bob", identity: "bob", reason: "test", waits: true, takes: false,
            times: times, stopping: nil, onWait: { told.append($0.name) })
        #expect(told == ["alice"])
        try bob.confirm()
        // The operator that waits for it can be interrupted.
        let cancel = Cancellation()
        var waiting = store
        waiting.cancel = cancel
        times.clock = { clock.now }
        #expect(throws: ProcessError.self) {
            try DeployLock.take(
                waiting, name: "carol", identity: "carol", reason: "test", waits: true,
                takes: false, times: times, stopping: nil, onWait: { _ in cancel.cancel() })
        }
        #expect(try store.read().record.holder?.name == "bob")
        try bob.release()
    }

    @Test("D43: a clone takes at once what its own killed run held")
    func leaseOfOwn() throws {
        let clock = Clock()
        let store = try store()
        let killed = try take(store, "alice", clock)
        let again = try take(store, "alice", clock)
        #expect(again.fence > killed.fence)
        #expect(throws: LeaseError.lost(by: "alice")) { try killed.confirm() }
        try killed.release()
        try again.confirm()
        // What it changes while it is held, and as it is given back, is on record.
        let place = store.owner.place
        try again.update { $0[place]["a"] = .init(manifest: "ab", generation: 4) }
        #expect(try store.read().record[place]["a"]?.generation == 4)
        try again.release { $0[place]["b"] = .init(manifest: nil, generation: 1) }
        #expect(try store.read().record[place].keys.sorted() == ["a", "b"])
    }

    @Test("D78: the lock's number grows also where the record was lost")
    func fenceGrows() throws {
        let clock = Clock()
        let store = try store()
        let first = try take(store, "alice", clock)
        try first.release()
        try standIn.aws("s3api", "delete-object", "--bucket", store.bucket, "--key", store.key)
        clock.advance(1)
        #expect(try take(store, "alice", clock).fence > first.fence)
    }

    @Test(
        "D80, D83: a record of another site, of a newer format or of nobody is refused, and stays")
    func foreignRecords() throws {
        let store = try store()
        func code(_ text: String, at key: String) throws -> String? {
            try put(text, store, key)
            let error = #expect(throws: LeaseError.self) { try store.read() }
            // Nothing proposes to delete it.
            #expect(error?.failure.command.map { "\($0)" }?.contains(" rm ") != true)
            #expect(error?.failure.next?.contains("delete") != true)
            return error?.failure.code
        }
        let other = """
            {"format": 2, "fence": 1, "nonce": "", "places": {}, "owner": {"project": "other",
             "environment": "e", "application": "beanstalk a/e", "place": "fs-1:/site"}}
            """
        #expect(try code(other, at: store.key) == "record-foreign")
        #expect(try code(#"{"format": 3, "all": "new"}"#, at: store.key) == "record-newer")
        #expect(try code("{", at: store.key) == "record-damaged")
        try standIn.aws("s3api", "delete-object", "--bucket", store.bucket, "--key", store.key)
        #expect(
            try code(first(image: "host/other@sha256:1"), at: store.firstKey) == "record-unclaimed")
        // One that another project has taken over is its own.
        try put(other, store, store.firstKey)
        #expect(try store.read().record == DeployRecord(owner: store.owner))
    }

    @Test(
        "D80: a record of the first format is taken over by the project that it names, and then left"
    )
    func firstRecord() throws {
        let clock = Clock()
        let store = try store()
        try put(first(image: "host/ours@sha256:1"), store, store.firstKey)
        let found = try store.read().record
        #expect(found["fs-1:/site"]["a"]?.manifest == "ab")
        #expect(found.live?.label == "r1-a-0123456789ab")
        let lease = try take(store, "alice", clock)
        #expect(lease.fence > 7)
        // A program of the first format reads there that it is too old.
        let old = try standIn.aws(
            "s3", "cp", "s3://\(store.bucket)/\(store.firstKey)", "-"
        ).standardOutputText
        #expect(old.contains(#""format" : 2"#), "\(old)")
        try lease.release()
        #expect(try store.read().record.live?.label == "r1-a-0123456789ab")
    }

    @Test("D80: a record of the first format that changes meanwhile is not taken over")
    func firstRecordChanges() throws {
        let store = try store()
        try put(first(image: "host/ours@sha256:1"), store, store.firstKey)
        let version = try store.read()
        try put(first(image: "host/ours@sha256:2"), store, store.firstKey)
        #expect(try store.write(version.record, over: version) == nil)
        #expect(try store.read().record.live?.image == "host/ours@sha256:2")
        let now = try store.read()
        #expect(try store.write(now.record, over: now) != nil)
    }

    private func first(image: String) -> String {
        """
        {"format": 1, "fence": 7, "nonce": "n", "slots": {"a": {"manifest": "ab", "generation": 3}},
         "live": {"label": "r1-a-0123456789ab", "manifest": "ab", "slot": "a", "image": "\(image)",
         "by": "alice", "at": 1}}
        """
    }

    private func put(_ text: String, _ store: RecordStore, _ key: String) throws {
        let file = "\(standIn.state)/record-\(name)"
        try FileSystem.writeAtomically(Array(text.utf8), to: file)
        try standIn.aws(
            "s3api", "put-object", "--bucket", store.bucket, "--key", key, "--body", file)
    }

    private func store() throws -> RecordStore {
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "bucket-\(name)",
            "--create-bucket-configuration", "LocationConstraint=\(standIn.region)")
        return RecordStore(
            client: try client(), bucket: "bucket-\(name)", key: "pipeline/p/e/1/record.json",
            owner: .init(
                project: "p", environment: "e", application: "beanstalk a/e", place: "fs-1:/site"),
            firstKey: "pipeline/e/record.json",
            signs: RecordSigns(repository: "host/ours", folder: "host:/project"),
            folder: "\(standIn.state)/record-folder-\(name)")
    }

    @discardableResult
    private func take(
        _ store: RecordStore, _ who: String, _ clock: Clock,
        _ times: DeployLock.Times = .init(), takes: Bool = false, stopping: Cancellation? = nil
    ) throws -> DeployLock {
        var times = times
        times.clock = { clock.now }
        return try DeployLock.take(
            store, name: who, identity: who, reason: "test", waits: false, takes: takes,
            times: times, stopping: stopping, onWait: { _ in })
    }
}

/// Seconds since 1970, as a test has them.
private final class Clock: Sendable {
    private let seconds = Mutex<Int64>(1_800_000_000)
    var now: Int64 { seconds.withLock { $0 } }
    private let looks = Mutex(0)
    /// How often it was looked at by this.
    func look() -> Int {
        looks.withLock {
            $0 += 1
            return $0
        }
    }
    func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}
