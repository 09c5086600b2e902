import Digests
import JSON
import Packs

/// What `pipeline data pack --json` prints.
enum PackJSON {
    static func made(
        _ pack: PackMaker.Pack, path: String, _ compression: Compression
    ) -> JSONValue {
        .object([
            "pack": .string(path), "bytes": .int(pack.digest.bytes),
            "sha256": .string(pack.digest.digest.hex), "compression": .string(compression.rawValue),
            "content": counts(pack.counts),
        ])
    }

    static func listed(_ entries: [PackEntry], path: String) -> JSONValue {
        .object([
            "pack": .string(path), "content": counts(PackCounts(entries)),
            "entries": .array(entries.map(entry)),
        ])
    }

    static func verified(
        _ content: PackCounts, _ differences: [PackDifference], path: String, _ against: String?
    ) -> JSONValue {
        .object([
            "pack": .string(path), "against": .string(against), "content": counts(content),
            "problem": .null,
            "differences": .array(
                differences.map {
                    .object(["path": .string($0.text), "difference": .string($0.kind.rawValue)])
                }),
        ])
    }

    static func unreadable(_ problem: String, path: String, _ against: String?) -> JSONValue {
        .object([
            "pack": .string(path), "against": .string(against), "content": .null,
            "problem": .string(problem), "differences": .array([]),
        ])
    }

    private static func counts(_ counts: PackCounts) -> JSONValue {
        .object([
            "files": .int(counts.files), "folders": .int(counts.folders),
            "links": .int(counts.links), "bytes": .int(counts.bytes),
        ])
    }

    private static func entry(_ entry: PackEntry) -> JSONValue {
        var members: [String: JSONValue] = [
            "path": .string(entry.text), "mode": .string(String(entry.mode, radix: 8)),
        ]
        switch entry.kind {
        case .folder: members["kind"] = .string("folder")
        case .other: members["kind"] = .string("other")
        case .file(let bytes):
            members["kind"] = .string("file")
            members["bytes"] = .int(bytes)
        case .link(let target):
            members["kind"] = .string("link")
            members["target"] = .string(String(decoding: target, as: UTF8.self))
        }
        return .object(members)
    }
}
