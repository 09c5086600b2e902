import Digests
import PipelineLedger
import PipelineStore
import Posix

/// A look at the files of a record: what has changed since, and which units that concerns.
struct StatCache {
    let record: StatSnapshot
    /// Indices of files that have other content, or may have; ascending.
    let changed: [Int]
    /// Indices of units whose decision is open: those that a changed file concerns, and all that read what they make.
    /// Ascending.
    let affected: [Int]

    private static let mostFiles = 2000
    private static let mostUnits = 2000

    /// Nil where there is no record that fits, or where so much has changed that all is to be looked at.
    init?(context: Digest, ledger: LedgerReader) throws {
        guard let record = StatSnapshot.read(), record.context == context,
            try ledger.identity(at: record.ledger.attempt) == record.ledger,
            !record.notFiles.contains(where: { Expansion.isFile($0, on: SystemDisk()) }),
            let changed = record.files.differing(
                limit: Self.mostFiles, threads: Host.processorCount)
        else { return nil }
        // Another set of files: other units, or the same with other inputs.
        guard changed.allSatisfy({ $0 < record.contents && Self.isStillFile(record, $0) }) else {
            return nil
        }
        guard let affected = record.units(concernedBy: changed, limit: Self.mostUnits) else {
            return nil
        }
        self.record = record
        self.changed = changed
        self.affected = affected
    }

    /// There before and now, as a file: what appears or vanishes may change what patterns stand for.
    private static func isStillFile(_ record: StatSnapshot, _ index: Int) -> Bool {
        guard record.files.states[index * 5] != -1,
            let status =
                (try? FileSystem.status(record.files.path(index))) ?? nil  // try?: a survey of all
        else { return false }
        return status.kind == .file
    }
}

extension StatSnapshot {
    /// Units that read, make, load or name one of these files, and all that read what those make; nil if they are more
    /// than `limit`.
    func units(concernedBy changed: [Int], limit: Int) -> [Int]? {
        guard !changed.isEmpty else { return [] }
        var isOpen = [Bool](repeating: false, count: files.count)
        for index in changed { isOpen[index] = true }
        var isAffected = [Bool](repeating: false, count: inputs.count)
        var count = 0
        // First those that a change concerns by itself, then round by round those that read what they make.
        var links = [inputs, outputs, declared]
        while count <= limit {
            let sets = (0..<setFiles.count).map { isAnyOpen(setFiles[$0]) }
            let found = isAffected.indices.filter { unit in
                !isAffected[unit]
                    && (sets[Int(code[unit])] || sets[Int(reads[unit])]
                        || links.contains { isAnyOpen($0[unit]) })
            }
            guard !found.isEmpty else { break }
            count += found.count
            for unit in found {
                isAffected[unit] = true
                for file in outputs[unit] { isOpen[Int(file)] = true }
            }
            links = [inputs, mayRead]
        }
        func isAnyOpen(_ list: ArraySlice<UInt32>) -> Bool { list.contains { isOpen[Int($0)] } }
        return count > limit ? nil : isAffected.indices.filter { isAffected[$0] }
    }

    func paths(_ list: ArraySlice<UInt32>) -> [String] { list.map { files.path(Int($0)) } }

    /// Which stage a unit is of, and at which place.
    func place(_ unit: Int) -> (stage: Stage, place: Int)? {
        var rest = unit
        for stage in stages {
            if rest < stage.units { return (stage, rest) }
            rest -= stage.units
        }
        return nil
    }
}
