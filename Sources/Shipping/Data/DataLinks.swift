import Posix

/// Where symbolic links in the data lead, judged on the way through its folders.
struct DataLinks {
    enum Judgement {
        case leadsTo(FileKind)
        case refused(DataSelection.Refusal)
    }

    /// The real paths of the data folders, each with a slash at its end.
    private let roots: [String]
    /// The folders on the way to where the walk is: a link to one of them leads in a circle.
    private var way: [Identity] = []
    /// For each of these, whether a link led there.
    private var linked: [Bool] = []

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    /// Links to folders on one way: every one may multiply what is found below.
    private static let limit = 8

    init(roots: [String]) throws(PosixError) {
        var real: [String] = []
        for root in roots where try FileSystem.status(root) != nil {
            real.append(try FileSystem.realPath(root) + "/")
        }
        self.roots = real
    }

    mutating func enter(_ folder: FileStatus, throughLink: Bool) {
        way.append(Identity(folder))
        linked.append(throughLink)
    }

    mutating func leave() {
        way.removeLast()
        linked.removeLast()
    }

    /// Follows the link at `path` to its end.
    func judge(_ path: String) throws(PosixError) -> Judgement {
        let target = try FileSystem.readLink(path)
        let real: String
        do {
            real = try FileSystem.realPath(path)
        } catch {
            if error.isTooManyLinks { return .refused(.linkLoop(target: target)) }
            if error.isNotFound { return .refused(.linkNowhere(target: target)) }
            throw error
        }
        guard roots.contains(where: { (real + "/").utf8.starts(with: $0.utf8) }) else {
            return .refused(.linkOutside(target: real))
        }
        guard let status = try FileSystem.status(path) else {
            return .refused(.linkNowhere(target: target))
        }
        guard status.kind == .directory else { return .leadsTo(status.kind) }
        if way.contains(Identity(status)) { return .refused(.linkLoop(target: target)) }
        if linked.count(where: { $0 }) >= Self.limit {
            return .refused(.linksNested(limit: Self.limit))
        }
        return .leadsTo(.directory)
    }
}
