import Digests
import Posix
import Processes
import Slots
import Testing

@testable import Bundles

/// The check on the instance knows the names and the form of what slots carry; it is a script, so nothing
/// but this holds the two together.
@Suite struct SlotContractTests {
    @Test func theCheckKnowsTheNames() throws {
        let script = String(decoding: PackageResources.predeploy_check_sh, as: UTF8.self)
        #expect(script.contains("marker=$slot/\(SlotMarker.fileName)\n"))
        #expect(script.contains("token=$slot/\(SlotNames.filling)\n"))
    }

    @Test func theMarkerIsReadWithAndWithoutPython() throws {
        let scratch = try Scratch()
        let manifest = try DataManifest([
            .init(path: RelativePath("a"), digest: Digest.of("a"), size: 1)
        ])
        let marker = SlotMarker(
            release: 3, manifest: manifest, generation: 1, project: "p \"é\"\n", environment: "e",
            writtenAt: "2026-01-01T00:00:00Z")
        try scratch.write(try marker.encoded(), to: "slot/\(SlotMarker.fileName)")
        let settings = BundleSettings.example(hostFolder: scratch.path("slot")) {
            $0.manifest = manifest.digest
            $0.mountPatience = 0
        }
        for world in HookWorld.allCases {
            let result = try HookRun(scratch).check(settings, in: world)
            #expect(result.exit == .exited(0), "\(world): \(result.error)")
        }
    }
}
