import Digests
import Testing

@testable import PipelineShipping

/// A listing of code comes from the store or from an archive, and is laid out below a folder: nothing of it leads elsewhere.
struct CodeTreeTests {
    private static let digest = Digest.of("x").hex

    @Test("a listing of files and links is read")
    func read() throws {
        let lines = try CodeTree.lines(
            of: """
                ["app.py","\(Self.digest)"]
                ["bin/run","\(Self.digest)","x"]
                ["data","","/srv/data"]

                """)
        #expect(lines.map(\.path) == ["app.py", "bin/run", "data"])
    }

    @Test(
        "a path that leads out of the tree, or through a link, is refused",
        arguments: [
            #"["../x","D"]"#, #"["/etc/x","D"]"#, #"["a/../../x","D"]"#, #"["","D"]"#,
            #"["a//x","D"]"#, #"["..","","/etc"]"#, "[\"a\",\"\",\"/etc\"]\n[\"a/x\",\"D\"]",
            "[\"a/x\",\"D\"]\n[\"a\",\"\",\"/etc\"]",
            "[\"a\",\"\",\"/etc\"]\n[\"a/b\",\"\",\"/var\"]",
        ])
    func refused(listing: String) {
        #expect(throws: ShippingError.self) {
            try CodeTree.lines(of: listing.replacing("D", with: Self.digest))
        }
    }
}
