import DeployLocking
import Testing

@Suite("What the operators' record makes of releases")
struct OperatorRecordTests {
    private func live(_ label: String, _ manifest: String, _ slot: String) -> DeployRecord.Live {
        DeployRecord.Live(
            label: label, manifest: manifest, slot: slot, image: "host/site@sha256:1", commit: nil,
            by: "alice", at: 1, place: "fs-1:/site", clone: "c", settings: "{}")
    }

    private var record: DeployRecord {
        DeployRecord(
            owner: .init(
                project: "p", environment: "e", application: "beanstalk a/e", place: "fs-1:/site"))
    }

    @Test("D82: the same content under another name does not push out what a rollback brings back")
    func previous() {
        var record = record
        record.setLive(live("r1-a-000000000001", "one", "a"))
        record.setLive(live("r2-b-000000000002", "two", "b"))
        #expect(record.previous?.label == "r1-a-000000000001")
        // Another clone has released the same content, under its own number.
        record.setLive(live("r1-b-000000000003", "two", "b"))
        #expect(record.live?.label == "r1-b-000000000003")
        #expect(record.previous?.label == "r1-a-000000000001")
        record.setLive(live("r3-c-000000000004", "three", "c"))
        #expect(record.previous?.label == "r1-b-000000000003")
    }

    @Test("D81: what runs from a slot of one file system does not run from that of another")
    func places() {
        let release = live("r1-a-000000000001", "one", "a")
        #expect(release.runs(from: "a", at: "fs-1:/site"))
        #expect(!release.runs(from: "a", at: "fs-2:/site"))
        #expect(!release.runs(from: "b", at: "fs-1:/site"))
        var record = record
        record["fs-1:/site"]["a"] = .init(manifest: "one", generation: 1)
        #expect(record["fs-2:/site"].isEmpty)
    }

    @Test("D80: a site keeps its record when its data moves; data without a site is its place")
    func owners() {
        var owner = record.owner
        var other = owner
        other.place = "fs-2:/site"
        #expect(owner.isSame(as: other))
        (owner.application, other.application) = ("data", "data")
        #expect(!owner.isSame(as: other))
        other = owner
        other.project = "q"
        #expect(!owner.isSame(as: other))
    }
}
