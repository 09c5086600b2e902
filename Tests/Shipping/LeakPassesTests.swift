import Digests
import FoundationEssentials
import Posix
import Testing

@testable import PipelineShipping

/// Which images need not be looked at again: by all that decides what is found in them.
struct LeakPassesTests {
    private func key(
        image: String = "sha256:1", data: [String] = ["a", "b"], build: String = "b",
        allowed: [String] = ["data-file x"], base: Int? = 2, scanner: String? = nil
    ) -> Digest {
        LeakPasses.key(
            image: image, data: Set(data.map { Digest.of($0) }), build: Digest.of(build),
            allowed: allowed, baseLayers: base, scanner: scanner)
    }

    @Test("whatever differs, the image is looked at again")
    func keys() {
        let keys = [
            key(), key(image: "sha256:2"), key(data: ["a"]), key(build: "c"), key(allowed: []),
            key(base: nil), key(scanner: "gitleaks 1"),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(key(data: ["b", "a"]) == key())
    }

    @Test("the newest passes are remembered, each once, and no more than a number of them")
    func kept() throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-passes-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        defer { try? FileSystem.removeTree(folder) }
        let passes = LeakPasses(folder: folder)
        #expect(!passes.has(key()))
        try passes.keep(key())
        #expect(passes.has(key()) && !passes.has(key(build: "c")))
        // Each time it is kept it is the newest.
        for number in 1...49 {
            try passes.keep(key(build: "\(number)"))
            try passes.keep(key(build: "\(number)"))
        }
        #expect(passes.has(key()))
        try passes.keep(key(build: "50"))
        #expect(!passes.has(key()))
        #expect((1...50).allSatisfy { passes.has(key(build: "\($0)")) })
    }
}
