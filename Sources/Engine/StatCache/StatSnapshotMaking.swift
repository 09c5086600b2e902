import Digests
import PipelineLedger
import PipelinePlanning
import Posix

extension StatSnapshot {
    /// The record of a survey that has found everything done; nil where something that it looked at could change
    /// unseen, or where it is not all done.
    ///
    /// - Parameter context: the digest of the build environment.
    init?(_ survey: Survey, _ looked: DirectorySnapshot, context: Digest, ledger: LedgerReader)
        throws
    {
        guard survey.decisions.allSatisfy(\.isUpToDate), survey.facts.hashedFiles == 0,
            survey.unknownAxes.values.allSatisfy(\.isEmpty),
            !looked.hasLinks, survey.former.allSatisfy({ $0.text == nil }), looked.foldersAreQuiet,
            let identity = try ledger.identity()
        else { return nil }
        var table = FileTable(survey.facts)
        inputs = IndexLists()
        mayRead = IndexLists()
        outputs = IndexLists()
        declared = IndexLists()
        setFiles = IndexLists()
        code = []
        reads = []
        sets = []
        var known: [Digest: UInt32] = [:]
        for unit in survey.graph.units {
            guard let success = survey.memory[unit.name]?.success else { return nil }
            inputs.append(table.indices(unit.inputs))
            mayRead.append(table.indices(unit.mayRead))
            outputs.append(table.indices(unit.outputs))
            declared.append(table.indices(unit.declaredCode))
            for (isCode, digest) in [(true, success.code), (false, success.reads)] {
                let number: UInt32
                if let found = known[digest] {
                    number = found
                } else {
                    guard let set = try ledger.componentSet(digest) else { return nil }
                    number = UInt32(sets.count)
                    known[digest] = number
                    sets.append(digest)
                    setFiles.append(table.indices(set.entries.map(\.name)))
                }
                if isCode { code.append(number) } else { reads.append(number) }
            }
        }
        guard table.isSound else { return nil }
        contents = table.files.count
        files = table.files
        for (path, status) in looked.folders { files.append(path, status) }
        for path in looked.missingFolders { files.append(path, nil) }
        former = survey.former
        for former in former {
            files.append(
                former.output.place,
                numbers: former.state == .absent
                    ? FileStates.nothing
                    : survey.facts.key(former.output.place)?.numbers ?? FileStates.nothing)
        }
        notFiles = looked.notFiles
        self.context = context
        self.ledger = identity
        stages = survey.expandedStages
    }
}

/// Files that a survey knows the content of, each once.
private struct FileTable {
    private let facts: FileFacts
    private(set) var files = FileStates()
    private var known: [String: UInt32] = [:]
    /// False once something is named whose state was not looked at.
    private(set) var isSound = true

    init(_ facts: FileFacts) { self.facts = facts }

    mutating func indices(_ paths: [String]) -> [UInt32] { paths.map { index($0) } }

    private mutating func index(_ path: String) -> UInt32 {
        if let index = known[path] { return index }
        let index = UInt32(files.count)
        known[path] = index
        if let key = facts.key(path) {
            files.append(path, numbers: key.numbers)
        } else {
            // What may be read may be missing; a folder in its place is more than a state can say.
            do {
                if try FileSystem.status(path) != nil { isSound = false }
            } catch {
                isSound = false
            }
            files.append(path, nil)
        }
        return index
    }
}

/// What decides beside files with content which files there are.
struct DirectorySnapshot {
    /// Folders that were read, each as it was just before.
    let folders: [String: FileStatus]
    /// Folders that would have been read, had they been there.
    let missingFolders: [String]
    /// Words of commands that would be code, were they files.
    let notFiles: [String]
    let hasLinks: Bool
    /// When looking began.
    let began: Timestamp

    /// Whether no folder was changed so shortly before that it could change again with the same times.
    var foldersAreQuiet: Bool {
        folders.values.allSatisfy {
            max($0.modifiedNs, $0.changedNs) < began.nanoseconds - FileFacts.granularityNs
        }
    }
}

extension StatKey {
    /// As `FileStates` keeps them.
    var numbers: [Int64] { [device, inode, size, modifiedNs, changedNs] }
}
