import Paths
import PipelineStore
import Posix

/// Where units' logs lie.
///
/// Most units say nothing, and an empty log is not kept. It becomes the next unit's log by a rename: after
/// removing a file for each unit, ext4 looks past every inode that was removed within the last seconds whenever it makes
/// a file (`recently_deleted` in fs/ext4/ialloc.c). A killed run leaves some empty logs.
final class LogArea {
    private let root: String
    private let disk: any Disk
    /// Logs that are empty, and whose units have ended.
    private var spare: [String] = []
    private var folders: Set<String> = []

    init(root: String, disk: any Disk = SystemDisk()) {
        self.root = root
        self.disk = disk
    }

    /// The path of a log that can be appended to; its folder is there, and it has no content of another unit.
    func prepare(_ name: String) throws -> String {
        let log = "\(root)/\(name)"
        let folder = PathText.folder(log)
        if folders.insert(folder).inserted {
            try disk.createDirectories(folder, mode: 0o700)
        }
        if let empty = spare.popLast(), empty != log {
            try? disk.rename(empty, to: log)  // try?: it is made again
        }
        return log
    }

    /// The log's unit has ended: it stays if something is in it.
    func settle(_ log: String) {
        switch try? disk.emptiness(log) {  // try?: a log that cannot be looked at stays
        case .unused: spare.append(log)
        // Something that the unit left running may still write to it.
        case .inUse: try? disk.remove(log)  // try?: ours, and empty; it may stay
        case .filled, nil: break
        }
    }

    /// Takes the empty logs away.
    func close() {
        for log in spare { try? disk.remove(log) }  // try?: ours, and empty; it may stay
        spare = []
    }
}
