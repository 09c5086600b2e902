import Digests
import Slots
import Testing

@Suite struct SlotPlannerTests {
    let old: DataSet
    let new: DataSet

    init() throws {
        old = try DataSet(["a": "1", "b": "22", "gone": "x"])
        new = try DataSet(["a": "1", "b": "changed", "c": "333"])
    }

    @Test func differenceSendsOnlyWhatDiffers() throws {
        let difference = SlotDifference(from: SlotContent(old.manifest), to: new.manifest)
        #expect(difference.puts.map(\.path.text) == ["b", "c"])
        #expect(difference.keeps.map(\.path.text) == ["a"])
        #expect(difference.deletes.map(\.text) == ["gone"])
        #expect(difference.bytes == 10)
        #expect(SlotDifference(from: SlotContent(new.manifest), to: new.manifest).isEmpty)
    }

    @Test func aFileWithoutAKnownDigestIsSent() throws {
        let content = SlotContent([try RelativePath("a"): .init(size: 1, digest: nil)])
        #expect(SlotDifference(from: content, to: new.manifest).puts.count == 3)
    }

    @Test func aSlotThatHoldsItIsTakenEvenWhenProtected() throws {
        let slots = [
            SlotState(name: "a"),
            SlotState(name: "b", holds: new.manifest.digest, protection: "live"),
        ]
        #expect(try SlotPlanner.choose(for: new.manifest, among: slots) == .holds(slot: "b"))
    }

    @Test func theFreeSlotWithTheFewestBytesToSendIsTaken() throws {
        let slots = [
            SlotState(name: "live", content: SlotContent(new.manifest), protection: "live"),
            SlotState(name: "empty"),
            SlotState(name: "old", holds: old.manifest.digest, content: SlotContent(old.manifest)),
        ]
        let choice = try SlotPlanner.choose(for: new.manifest, among: slots)
        #expect(choice.slot == "old")
        let equal = [SlotState(name: "first"), SlotState(name: "second")]
        #expect(try SlotPlanner.choose(for: new.manifest, among: equal).slot == "first")
    }

    @Test func noFreeSlotNamesWhatEachIsFor() throws {
        let slots = [
            SlotState(name: "a", protection: "live"), SlotState(name: "b", protection: "fallback"),
        ]
        let error = #expect(throws: NoFreeSlot.self) {
            try SlotPlanner.choose(for: new.manifest, among: slots)
        }
        #expect(error?.description.contains(#""a" (live), "b" (fallback)"#) == true)
    }

    @Test(arguments: [
        (10, 2, 0.2, 2, false), (10, 2, 0.2, 3, true), (10, 0, 0.5, 5, false), (10, 9, 0, 10, true),
    ])
    func aStormOfDeletesIsRefused(
        _ files: Int, _ floor: Int, _ fraction: Double, _ deletes: Int, _ isRefused: Bool
    ) throws {
        let names = (0..<files).map { "f\($0)" }
        let before = try DataSet(Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
        let after = try DataSet(
            Dictionary(uniqueKeysWithValues: names.dropFirst(deletes).map { ($0, $0) }))
        let content = SlotContent(before.manifest)
        let difference = SlotDifference(from: content, to: after.manifest)
        let guardian = DeleteGuard(files: floor, fraction: fraction)
        if isRefused {
            #expect(throws: DeleteLimitExceeded.self) {
                try guardian.check(difference, of: content)
            }
        } else {
            try guardian.check(difference, of: content)
        }
    }
}
