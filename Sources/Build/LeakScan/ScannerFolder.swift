import Digests
import Paths
import Posix
import Texts

/// Copies of the files that another scanner is to look at: those of the context, and those that this build put
/// into the image.
package final class ScannerFolder {
    package let path: String
    /// Larger files are no texts in which people leave secrets; ours looks at them all the same.
    private static let most = 8 << 20
    private var files: [(place: String, path: String, copy: String, digest: Digest)] = []

    /// - Parameter path: of a folder that is not there; it is made, and removed with this object.
    package init(_ path: String) throws {
        self.path = path
        try FileSystem.createDirectories(path, mode: 0o700)
    }

    deinit {
        try? FileSystem.removeTree(path)  // try?: ours, made above; never read again
    }

    /// A copy that grows as the file is read; nil where the name leads elsewhere.
    func copy(_ path: String, of place: String) throws -> Copy? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard !parts.isEmpty, !parts.contains(".."), !parts.contains(".") else { return nil }
        let copy = "\(self.path)/\(place.replacing(" ", with: "-"))/\(parts.joined(separator: "/"))"
        return Copy(self, place, path, copy)
    }

    final class Copy {
        private let folder: ScannerFolder
        private let (place, path, copy): (String, String, String)
        private var bytes: [UInt8] = []
        private var isTooLarge = false

        init(_ folder: ScannerFolder, _ place: String, _ path: String, _ copy: String) {
            self.folder = folder
            (self.place, self.path, self.copy) = (place, path, copy)
        }

        func add(_ chunk: [UInt8]) {
            guard !isTooLarge else { return }
            bytes += chunk
            if bytes.count > ScannerFolder.most { (bytes, isTooLarge) = ([], true) }
        }

        func finish(_ digest: Digest) throws {
            guard !isTooLarge, !bytes.isEmpty else { return }
            let parent = PathText.parent(copy) ?? folder.path
            try FileSystem.createDirectories(parent)
            let descriptor = try Descriptors.open(copy, .replace, mode: 0o600)
            defer { Descriptors.close(descriptor) }
            try Descriptors.write(bytes, to: descriptor, path: copy)
            folder.files.append((place, path, copy, digest))
        }
    }

    /// Leaves out what packages brought.
    func leaveOut(_ place: String, ownedBy packages: inout PackageFiles) throws {
        for file in files where file.place == place && packages.owns(file.path, file.digest) {
            // ours: a copy that was written above
            try FileSystem.remove(file.copy)
        }
        files.removeAll { $0.place == place }
    }

    /// Leaves out a layer of the base image.
    func leaveOut(_ place: String) throws {
        let folder = "\(path)/\(place.replacing(" ", with: "-"))"
        // ours: copies in the folder that was made above
        if try FileSystem.status(folder) != nil { try FileSystem.removeTree(folder) }
    }
}
