/// Sums over a tree of folders from a list of its files, in one pass.
enum FolderTree {
    struct Sum {
        var files = 0
        /// Bytes.
        var bytes: Int64 = 0

        static func += (left: inout Sum, right: Sum) {
            left.files += right.files
            left.bytes += right.bytes
        }
    }

    /// The deepest folders of which `isFinding` holds, with their sums. What has been found is not
    /// counted again for the folders above it.
    ///
    /// - Parameter files: paths with slashes and bytes, in an order in which the files below any folder
    ///   stand together, as sorting makes it.
    static func findings(
        _ files: some Sequence<(String, Int64)>, _ isFinding: (Sum) -> Bool
    ) -> [(folder: String, sum: Sum)] {
        var found: [(folder: String, sum: Sum)] = []
        var open: [(folder: String, sum: Sum)] = []
        func close() {
            let last = open.removeLast()
            if isFinding(last.sum) {
                found.append(last)
            } else if !open.isEmpty {
                open[open.count - 1].sum += last.sum
            }
        }
        for (path, bytes) in files {
            while let last = open.last, !lies(path, in: last.folder) { close() }
            // Of a path as it is, only the part behind the folder that is open is new.
            var start = open.last.map { $0.folder.utf8.count + 1 } ?? 0
            let text = path.utf8
            while let slash = text.dropFirst(start).firstIndex(of: UInt8(ascii: "/")) {
                let folder = String(path[..<slash])
                open.append((folder, Sum()))
                start = folder.utf8.count + 1
            }
            if !open.isEmpty { open[open.count - 1].sum += Sum(files: 1, bytes: bytes) }
        }
        while !open.isEmpty { close() }
        return found
    }

    private static func lies(_ path: String, in folder: String) -> Bool {
        let length = folder.utf8.count
        return path.utf8.count > length && path.utf8.starts(with: folder.utf8)
            && path.utf8.dropFirst(length).first == UInt8(ascii: "/")
    }
}
