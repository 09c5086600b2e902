import Failures
import Paths
import PipelineStore
import Posix

/// The folders above the place of a walk, by which links that lead in a circle are known.
struct FolderTrail {
    enum Classification {
        case file
        case folder
        case refused(Failure)
    }

    private var folders: [Identity?] = []
    private var links = 0
    private let disk: any Disk

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Links to folders on one trail: every one may multiply what is found below.
    private static let mostLinks = 8

    /// A trail that begins at a folder: those above it are on it too.
    init(above start: String, on disk: any Disk) {
        self.disk = disk
        for folder in PathText.ancestors(start) {
            enter(try? disk.status(folder))  // try?: no readable link ends there
        }
        if !start.isEmpty { enter(try? disk.status(".")) }  // try?: as above
    }

    mutating func enter(_ folder: FileStatus?) {
        folders.append(folder.map { Identity(device: $0.device, inode: $0.inode) })
    }

    mutating func leave() { folders.removeLast() }

    mutating func throughLink(_ body: (inout FolderTrail) -> Void) {
        links += 1
        body(&self)
        links -= 1
    }

    /// Follows the link at `path` to its end.
    func classify(_ path: String) -> Classification {
        do {
            guard let status = try disk.status(path) else {
                return .refused(.linkNowhere(path, target: try disk.readLink(path)))
            }
            switch status.kind {
            case .file: return .file
            case .other, .symbolicLink: return .refused(.specialFile(path))
            case .directory: break
            }
            if folders.contains(Identity(device: status.device, inode: status.inode)) {
                return .refused(.linkCircle(path))
            }
            return links < Self.mostLinks ? .folder : .refused(.linksNested(path))
        } catch {
            return .refused(.unreadable(error))
        }
    }
}
