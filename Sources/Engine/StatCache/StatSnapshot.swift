import Digests
import PipelineLedger
import Posix

/// All that a survey looked at, kept so that the next run sees at a glance what has changed since: the states of files,
/// and which units each of them concerns. Written when a survey has found everything done.
///
/// It is a cache: without it, or with one that does not fit, everything is looked at again.
struct StatSnapshot: Sendable {
    static let path = Project.statePath + "/glance"

    /// The digest of what decides which units there are, beside files that are looked at.
    var context: Digest
    var ledger: LedgerIdentity
    /// In the order of the definition.
    var stages: [Stage]
    /// Files, folders that were read, and folders that were not there.
    var files: FileStates
    /// How many of `files` are files with content: they come first.
    var contents: Int
    /// By unit: indices in `files`.
    var inputs: IndexLists
    var mayRead: IndexLists
    var outputs: IndexLists
    /// By unit: what else its recipe names, such as scripts.
    var declared: IndexLists
    /// By unit: indices in `sets`.
    var code: [UInt32]
    var reads: [UInt32]
    /// Sets of files that units were seen to load or to read.
    var sets: [Digest]
    var setFiles: IndexLists

    /// Words of commands that would be code, were they files.
    var notFiles: [String]
    /// Files that units made which the definition no longer has: stale, or not there. Their states are among `files`.
    var former: [FormerOutput]

    struct Stage: Sendable, Hashable {
        let name: String
        /// Units, with the values of axes, which come first.
        let units: Int
        let axes: Int
    }
}

/// Lists of indices, one after the other.
struct IndexLists: Sendable {
    /// Where each list begins, and at last where the last one ends.
    private(set) var starts: [UInt32] = [0]
    private(set) var items: [UInt32] = []

    init() {}

    init?(starts: [UInt32], items: [UInt32]) {
        guard starts.first == 0, starts.last == UInt32(items.count), starts == starts.sorted()
        else { return nil }
        self.starts = starts
        self.items = items
    }

    var count: Int { starts.count - 1 }

    subscript(_ index: Int) -> ArraySlice<UInt32> {
        items[Int(starts[index])..<Int(starts[index + 1])]
    }

    mutating func append(_ list: some Sequence<UInt32>) {
        items += list
        starts.append(UInt32(items.count))
    }
}
