import PipelineModel
import PipelineShipping
import Testing
import TransportProviders
import YAML

/// The policy on the page of a transport allows what its provider says that it needs. That this is enough is held by the
/// end-to-end tests, which compare the same policies with every call that was made.
@Suite struct PermissionsTests {
    @Test(
        arguments: Registry.transports.filter { !$0.permissions.isEmpty }.map {
            ($0.schema.name, $0.permissions)
        })
    func policyOfThePageIsThatOfTheProvider(name: String, permissions: [String]) throws {
        let page = try Repository.text("docs/guide/route-\(name).md")
        var allowed: [String] = []
        for part in page.split(separator: "```json\n", omittingEmptySubsequences: false).dropFirst()
        {
            let end = try #require(part.firstRange(of: "```"))
            // JSON is YAML.
            let policy = try #require(try YAML.parse(String(part[..<end.lowerBound])))
            for statement in try #require(policy["Statement"]?.sequence) {
                let action = try #require(statement["Action"])
                allowed += action.sequence?.compactMap(\.text) ?? [action.text ?? ""]
            }
        }
        #expect(allowed.sorted() == permissions.sorted())
    }

    @Test func transportsThatMakeSomethingAtAWSSayWhatTheyNeed() {
        let billed = Registry.transports.filter { $0.temporary != nil }
        #expect(billed.map(\.schema.name) == ["transfer", "bucket"])
        #expect(billed.allSatisfy { !$0.permissions.isEmpty })
    }
}
