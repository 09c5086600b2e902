import Glibc

/// Tells which files of a folder are written, made, renamed or removed (inotify(7)). Not of folders in it.
package struct FolderWatch: ~Copyable {
    /// Readable when something has happened.
    package let descriptor: Int32

    package init(_ folder: String) throws(PosixError) {
        let descriptor = try systemCall("inotify_init1") {
            inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        }
        let mask = UInt32(IN_MODIFY) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE)
        do {
            try systemCall("inotify_add_watch", path: folder) {
                inotify_add_watch(descriptor, $0, mask)
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// The names of what has changed since it was asked last. Does not wait.
    package func take() -> Set<String> {
        var names: Set<String> = []
        let head = MemoryLayout<inotify_event>.size
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return names }
            var offset = 0
            while offset + head <= count {
                let length = buffer.withUnsafeBytes {
                    Int($0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self).len)
                }
                let name = buffer[(offset + head)..<min(count, offset + head + length)]
                names.insert(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
                offset += head + length
            }
        }
    }

    deinit { close(descriptor) }
}
