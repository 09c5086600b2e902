import FoundationEssentials
import Testing

@testable import DeployLocking

/// A record of the first format does not name its project: what in it does.
struct FirstRecordTests {
    private let signs = RecordSigns(repository: "host/ours", folder: "host:/project")
    private static let slots = #""slots": {"a": {"manifest": "ab", "generation": 3}}"#

    private static func live(_ image: String) -> String {
        #"{"label": "r1-a-0", "manifest": "ab", "slot": "a", "image": "\#(image)", "by": "x", "at": 1}"#
    }

    private static func holder(_ identity: String) -> String {
        #"{"name": "x", "identity": "\#(identity)", "reason": "r", "since": 1, "until": 2}"#
    }

    private func record(_ members: String) throws -> FirstRecord {
        try JSONDecoder().decode(
            FirstRecord.self, from: Data("{\"fence\": 7, \(members)}".utf8))
    }

    @Test(
        "one that is empty, held by this project or all of its images is this project's",
        arguments: [
            (#""slots": {}"#, true), (slots, false),
            ("\"slots\": {}, \"holder\": \(holder("host:/project"))", true),
            ("\"slots\": {}, \"holder\": \(holder("host:/other"))", false),
            ("\(slots), \"holder\": \(holder("host:/project"))", true),
            ("\(slots), \"live\": \(live("host/ours@sha256:1"))", true),
            ("\"slots\": {}, \"live\": \(live("host/ours2@sha256:1"))", false),
            ("\"slots\": {}, \"previous\": \(live("host/other@sha256:1"))", false),
            (
                "\"slots\": {}, \"live\": \(live("host/ours@sha256:1")), \"previous\": \(live("host/other@sha256:1"))",
                false
            ),
        ])
    func names(members: String, isOurs: Bool) throws {
        #expect(try record(members).names(signs) == isOurs)
        if !members.contains("holder") {
            let nameless = RecordSigns(repository: nil, folder: "host:/project")
            #expect(try record(members).names(nameless) == (members == #""slots": {}"#))
        }
    }

    @Test("what a killed run of this project held is let go of, and another's stays held")
    func held() throws {
        let owner = DeployRecord.Owner(
            project: "p", environment: "e", application: "a", place: "fs-1:/site")
        let own = try record("\(Self.slots), \"holder\": \(Self.holder("host:/project"))")
        #expect(own.record(of: owner, signs).holder == nil)
        #expect(own.record(of: owner, signs)["fs-1:/site"]["a"]?.generation == 3)
        #expect(own.record(of: owner, signs).fence == 7)
        let other = try record("\(Self.slots), \"holder\": \(Self.holder("host:/other"))")
        #expect(other.record(of: owner, signs).holder?.identity == "host:/other")
    }
}
