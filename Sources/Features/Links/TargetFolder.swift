import Glibc
import Posix

/// The target by open folders: each name is taken relative to one that was opened without following a
/// link (openat(2), O_NOFOLLOW), so that a link put in place meanwhile cannot lead out.
struct TargetFolder: ~Copyable {
    private let root: Int32
    /// The folders below the root that are open, from the outermost in.
    private var open: [(name: ArraySlice<UInt8>, descriptor: Int32)] = []
    private var counter = 0

    init(root path: String) throws(PosixError) {
        root = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if root < 0 { throw PosixError(call: "open", path: path, code: errno) }
    }

    deinit {
        for folder in open { close(folder.descriptor) }
        close(root)
    }

    mutating func carryOut(_ action: LinkPlan.Action) throws(PosixError) {
        let path = action.path
        let names = path.split(separator: UInt8(ascii: "/"))
        guard let last = names.last else { return }
        let name = String(decoding: last, as: UTF8.self)
        let folder = try enter(names.dropLast(), path)
        let place = TargetPlace(folder: folder, name: name, path: path)
        switch action {
        case .makeFolder(_, let rights): try place.makeFolder(rights, aside: nextAside())
        case .link(_, let text):
            try place.check("symlink", symlinkat(text, folder, name))
        case .relink(_, let text, let old):
            try place.require(.link(old))
            try place.replace(text, aside: nextAside())
        case .replace(_, let text, let old):
            try place.require(old)
            try place.replace(text, aside: nextAside())
        case .remove(_, let old):
            try place.require(.link(old))
            // ours: a link into the source, looked at just before
            try place.check("unlink", unlinkat(folder, name, 0))
        case .clear:
            // Ours: by its name, which begins as those that a killed run of this program leaves.
            if unlinkat(folder, name, 0) == 0 { return }
            // Ours: as above.
            try place.check("rmdir", unlinkat(folder, name, AT_REMOVEDIR))
        }
    }

    private mutating func enter(
        _ names: ArraySlice<ArraySlice<UInt8>>, _ path: [UInt8]
    ) throws(PosixError) -> Int32 {
        let shared = zip(open, names).prefix { $0.name == $1 }.count
        while open.count > shared { close(open.removeLast().descriptor) }
        for name in names.dropFirst(shared) {
            let text = String(decoding: name, as: UTF8.self)
            let descriptor = openat(
                open.last?.descriptor ?? root, text,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if descriptor < 0 {
                throw PosixError(
                    call: "open", path: String(decoding: path, as: UTF8.self), code: errno)
            }
            open.append((name, descriptor))
        }
        return open.last?.descriptor ?? root
    }

    private mutating func nextAside() -> String {
        counter += 1
        return "\(LinkTarget.asidePrefix)\(String(getpid(), radix: 36))-\(counter)"
    }
}
