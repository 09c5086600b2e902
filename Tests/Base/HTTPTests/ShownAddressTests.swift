import HTTP
import Testing

/// Addresses as people may see them: without what may be secret.
@Suite struct ShownAddressTests {
    @Test(arguments: [
        ("https://hooks.example/services/T0/B0", "https://hooks.example/services/T0/B0"),
        ("https://u:canary@hooks.example/x?token=canary#canary", "https://hooks.example/x"),
        ("https://hooks.example:8443?token=canary", "https://hooks.example:8443"),
        ("https://u:ca/nary@hooks.example/x", "https://…"),
        ("https://u:canary?x@hooks.example/", "https://…"),
        ("https://u:canary#x@hooks.example/", "https://…"),
        ("https://hooks.example/@user/x", "https://hooks.example/@user/x"),
        ("u:canary@hooks.example/x", "…"),
    ])
    func shown(address: String, expected: String) {
        #expect(HTTPRequest.shown(address) == expected)
    }

    @Test("an error of an address that is secret as a whole names the host alone")
    func withoutPlace() {
        let error = HTTPError(
            .other, url: "https://u:canary@hooks.example/services/canary?x=canary",
            detail: "canary")
        #expect(error.withoutPlace.description.contains("https://hooks.example/…"))
        #expect(!error.withoutPlace.description.contains("canary"))
    }
}
