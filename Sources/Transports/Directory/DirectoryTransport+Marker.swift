import Paths
import Posix
package import Slots

extension DirectoryTransport {
    package func readOwn(_ name: String) throws(TransportError) -> [UInt8]? {
        guard let top = try top() else { return nil }
        return try readFile(name, in: top, limit: 1 << 16)
    }

    package func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) {
        guard let top = try top() else {
            throw .system(PosixError(call: "open", path: root, code: PosixError.missing))
        }
        try write(bytes, as: name, in: top)
    }

    package func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool {
        guard let top = try top() else {
            throw .system(PosixError(call: "open", path: root, code: PosixError.missing))
        }
        let staged = try stage(bytes, in: top)
        defer { try? top.remove(staged) }  // try?: the next filling removes what stays
        do throws(PosixError) {
            // link(2) never replaces, and the file is whole as soon as it has the name.
            try top.link(staged, to: top, name)
        } catch {
            if error.isTaken { return false }
            guard error.isWithoutLinks else { throw .system(error) }
            return try createAlone(name, bytes, in: top)
        }
        try system { () throws(PosixError) in try top.synchronize() }
        return true
    }

    /// Where there are no hard links: for a moment the file is there and not whole.
    private func createAlone(
        _ name: String, _ bytes: [UInt8], in top: FolderHandle
    ) throws(TransportError) -> Bool {
        let file: Int32
        do throws(PosixError) { file = try top.createFile(name, mode: 0o644) } catch {
            if error.isTaken { return false }
            throw .system(error)
        }
        defer { Descriptors.close(file) }
        do throws(PosixError) {
            try Descriptors.write(bytes, to: file, path: name)
            try Descriptors.synchronize(file, path: name)
            try top.synchronize()
        } catch {
            // ours: it was made above, and to others the name is taken
            try? top.remove(name)  // try?: the first error is reported
            throw .system(error)
        }
        return true
    }

    package func removeOwn(_ name: String) throws(TransportError) {
        guard let top = try top() else { return }
        try system { () throws(PosixError) in
            guard try top.status(name) != nil else { return }
            try top.remove(name)
            try top.synchronize()
        }
    }

    /// Writes a small file under a name of its own, onto the disk; the name is returned.
    private func stage(_ bytes: [UInt8], in top: FolderHandle) throws(TransportError) -> String {
        // Also another host may be writing here.
        let staged = FileSystem.asidePrefix + String(UInt64.random(in: 0 ... .max), radix: 36)
        try system { () throws(PosixError) in
            try top.remove(staged)
            let file = try top.createFile(staged)
            defer { Descriptors.close(file) }
            try Descriptors.write(bytes, to: file, path: staged)
            try Descriptors.changeMode(file, to: 0o644, path: staged)
            try Descriptors.synchronize(file, path: staged)
        }
        return staged
    }

    private func write(
        _ bytes: [UInt8], as name: String, in top: FolderHandle
    ) throws(TransportError) {
        let staged = try stage(bytes, in: top)
        do throws(PosixError) {
            try top.rename(staged, to: top, name)
            try top.synchronize()
        } catch {
            try? top.remove(staged)  // try?: the next filling removes what stays
            throw .system(error)
        }
    }

    package func freeBytes() throws(TransportError) -> Int64? {
        let place = try top() == nil ? PathText.folder(root) : root
        return try? FileSystem.freeBytes(place)  // try?: not known; writing may fail
    }

    package func move(to root: String) throws(TransportError) {
        try system { () throws(PosixError) in
            try FileSystem.rename(self.root, to: root)
            try FileSystem.synchronize(PathText.folder(root))
        }
    }

    package func removeRoot() throws(TransportError) {
        guard let top = try top() else { return }
        try system { () throws(PosixError) in
            for name in SlotNames.own { try top.remove(name) }
            // ours: the slot that was just emptied; one that is not empty stays
            try FileSystem.removeDirectory(root)
        }
        opened = nil
    }
}
