package import PipelineModel

/// What lies in the wrong place: too large for the image, or too small to be worth remote files.
///
/// A remote file costs a round trip to open, so many small ones are slow however fast the line is, and
/// a large one makes every image larger that is kept or pulled.
package enum PlacementFindings {
    /// Files and folders of an image's build context that belong to the data.
    ///
    /// - Parameter files: paths with bytes, sorted by the paths.
    package static func imageParts(
        _ files: [(String, Int64)], _ limits: PlacementLimits
    ) -> [String] {
        let large = files.filter { $0.1 > limits.image }
        let rest = files.lazy.filter { $0.1 <= limits.image }
        let folders = FolderTree.findings(rest) { $0.bytes > limits.image }
        return large.map { path, bytes in
            "\"\(path)\" of \(size(bytes)) makes the image large (limit \(size(limits.image))): "
                + "move it to the data, or name it in .dockerignore"
        }
            + folders.map { folder, sum in
                "\"\(folder)\" with \(sum.files) files of \(size(sum.bytes)) makes the image large "
                    + "(limit \(size(limits.image))): move it to the data, or name it in .dockerignore"
            }
    }

    /// Folders of so many small files that a pack is faster.
    ///
    /// - Parameter files: paths with bytes, sorted by the paths.
    package static func smallFiles(
        _ files: some Sequence<(String, Int64)>, _ limits: PlacementLimits
    ) -> [String] {
        FolderTree.findings(files) { sum in
            sum.files > limits.smallFiles && sum.bytes / Int64(sum.files) < limits.smallFile
        }.map { folder, sum in
            "\"\(folder)\" holds \(sum.files) files of \(size(sum.bytes / Int64(sum.files))) on average, "
                + "which is slow to send and to read from afar: `pipeline data pack \(folder)` "
                + "makes one file of them"
        }
    }

    /// Bytes as definitions write them, in powers of 1024.
    private static func size(_ bytes: Int64) -> String {
        for (unit, shift) in [("G", Int64(30)), ("M", 20), ("K", 10)] where bytes >= (1 << shift) {
            let tenths = (bytes * 10) >> shift
            return tenths % 10 == 0 || tenths >= 100
                ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
        }
        return "\(bytes) bytes"
    }
}
