import Posix
import Processes
import Testing

/// `verify` compares outputs by content with what their units made.
struct VerifyTests {
    private static func units(_ keys: String) -> String {
        """
        project: t
        stages:
          compile:
            units:
              u: { matrix: { k: [\(keys)] }, command: [sh, -c, 'echo "$2" > "$1"', x, "{output}", "{k}"], outputs: "d/{k}" }

        """
    }

    @Test(
        "an output that was altered or lost is named, whatever its size and times say; others are not"
    )
    func outputs() throws {
        let project = try UnitProject(Self.units("a, b, c, e"))
        #expect(try project.run().exit == .exited(0))
        let sound = try project.tool("verify")
        #expect(sound.exit == .exited(0), "\(sound.standardErrorText)")
        _ = try project.shell(
            "touch -r d/a times; rm d/a; echo x > d/a; touch -r times d/a; rm d/b; rm d/e; echo y > d/e"
        )
        // No unit of the definition makes it any more.
        try project.write("pipeline/pipeline.yaml", Self.units("a, b, c"))
        let output = try project.tool("verify")
        #expect(output.exit == .exited(5))
        let named = ["d/a", "d/b", "d/c", "d/e"].filter { output.standardOutputText.contains($0) }
        #expect(named == ["d/a", "d/b"], "\(output.standardOutputText)")
    }
}
