/// Where the rule of placement draws its lines.
package struct PlacementLimits: Hashable, Sendable {
    /// Bytes that a file or folder of an image may have before it is said to belong to the data.
    package let image: Int64
    /// Bytes per file, on average, below which files are small.
    package let smallFile: Int64
    /// How many small files one folder may hold before a pack is advised.
    package let smallFiles: Int

    package init(
        image: Int64 = 500 << 20, smallFile: Int64 = 16 << 10, smallFiles: Int = 10_000
    ) {
        self.image = image
        self.smallFile = smallFile
        self.smallFiles = smallFiles
    }
}
