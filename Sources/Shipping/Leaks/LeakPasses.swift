import Digests
import JSON
import LeakScanning
import Posix

/// Which images have passed the leak gate: each is looked at once, as long as nothing changes that decides what is
/// found in it.
struct LeakPasses {
    /// Of the environment.
    let folder: String
    private static let most = 50

    private var path: String { "\(folder)/leak-gate.json" }

    static func key(
        image: String, data: Set<Digest>, build: Digest, allowed: [String], baseLayers: Int?,
        scanner: String?
    ) -> Digest {
        let list = Digest.of(data.map(\.hex).sorted().joined(separator: "\n"))
        let parts = [
            "leak gate", LeakScanner.version, image, list.hex, build.hex, "\(baseLayers ?? -1)",
            scanner ?? "",
        ]
        return Digest.of((parts + allowed).joined(separator: "\u{0}"))
    }

    func has(_ key: Digest) -> Bool { kept.contains(key.hex) }

    func keep(_ key: Digest) throws {
        let keys = [key.hex] + kept.filter { $0 != key.hex }.prefix(Self.most - 1)
        try FileSystem.writeAtomically(try JSONValue.encode(keys).bytes, to: path)
    }

    private var kept: [String] {
        guard let bytes = try? FileSystem.read(path) else { return [] }  // try?: looks again
        let keys = try? JSONValue.decode([String].self, from: bytes)  // try?: as above
        return keys ?? []
    }
}
