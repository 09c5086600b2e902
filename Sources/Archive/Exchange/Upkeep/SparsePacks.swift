import ArchiveHistory
import Digests

/// Packs of which less than half is needed. What is needed of them is written again, into packs of its own; then they are files that
/// nothing needs.
struct SparsePacks {
    /// What is to be written again: each content once, as it lies in a sparse pack and in no other file.
    let contents: [ArchivedObject]
    /// Sparse packs whose needed contents lie in other files too, with these copies.
    let copies: [String: [ArchivedObject]]

    /// Bytes that nothing needs, from which on packs are written again.
    private static let leastWaste: Int64 = 1 << 20

    /// - Parameters:
    ///   - sizes: bytes of all files that are there, by their paths.
    ///   - objects: all contents that the history names, by the file that holds them.
    ///   - needed: contents that stay.
    init(_ sizes: [String: Int64], _ objects: [String: [ArchivedObject]], needed: Set<Digest>) {
        var sparse: [String: [ArchivedObject]] = [:]
        var elsewhere: [Digest: ArchivedObject] = [:]
        var waste: [String: Int64] = [:]
        for (path, held) in objects.sorted(by: { $0.key < $1.key }) {
            // A file that is shorter than what it should hold is no copy of it.
            let end = held.map { ($0.offset ?? 0) + $0.size }.max() ?? 0  // nothing is held
            guard let size = sizes[path], size >= end else { continue }
            let wanted = held.filter { needed.contains($0.digest) }
            let bytes = wanted.reduce(0) { $0 + $1.size }
            if path.hasPrefix("\(ArchivePlace.packs)/"), !wanted.isEmpty, bytes * 2 < size {
                sparse[path] = wanted
                waste[path] = size - bytes
            } else {
                for object in wanted { elsewhere[object.digest] = object }
            }
        }
        let covered = sparse.filter { $0.value.allSatisfy { elsewhere[$0.digest] != nil } }
        copies = covered.mapValues { $0.compactMap { elsewhere[$0.digest] } }
        let rest = sparse.filter { covered[$0.key] == nil }
        guard rest.keys.reduce(0, { $0 + (waste[$1] ?? 0) }) >= Self.leastWaste  // each has one
        else {
            contents = []
            return
        }
        let lonely = rest.values.joined().filter { elsewhere[$0.digest] == nil }
        contents = Dictionary(lonely.map { ($0.digest, $0) }) { $0.path < $1.path ? $0 : $1 }
            .values.sorted { $0.digest < $1.digest }
    }
}
