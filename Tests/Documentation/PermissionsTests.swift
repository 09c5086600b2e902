import DeployTargets
import PipelineModel
import PipelineShipping
import Testing
import TransportProviders
import YAML

/// The policy on the page of a transport or a service allows what its provider says that it needs. That this is enough is held by the
/// end-to-end tests, which compare the same policies with every call that was made.
@Suite struct PermissionsTests {
    @Test(
        arguments: Registry.transports.filter { !$0.permissions.isEmpty }.map {
            ($0.schema.name, $0.permissions)
        })
    func policyOfThePageIsThatOfTheProvider(name: String, permissions: [String]) throws {
        let allowed = try Self.allowed("docs/guide/route-\(name).md")
        #expect(allowed.sorted() == permissions.sorted())
    }

    /// The actions of all policies of a page.
    private static func allowed(_ path: String) throws -> [String] {
        let page = try Repository.text(path)
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
        return allowed
    }

    /// Beside what every environment at AWS needs, which is of other services of AWS.
    @Test(
        arguments: Registry.targets.compactMap { target in
            target.service.map { (target.schema.name, $0.permissions) }
        })
    func policyOfAServiceHasWhatItsProviderNeeds(name: String, permissions: [String]) throws {
        func service(_ action: String) -> Substring { action.prefix { $0 != ":" } }
        let services = Set(permissions.map(service))
        let allowed = try Self.allowed("docs/guide/\(name).md")
        #expect(
            allowed.filter { services.contains(service($0)) }.sorted() == permissions.sorted())
    }

    @Test func transportsThatMakeSomethingAtAWSSayWhatTheyNeed() {
        let billed = Registry.transports.filter { $0.temporary != nil }
        #expect(billed.map(\.schema.name) == ["transfer", "bucket"])
        #expect(billed.allSatisfy { !$0.permissions.isEmpty })
    }
}
