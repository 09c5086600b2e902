/// A form in which files are packed, by how it begins.
enum ArchiveKind: Equatable {
    case tar, zip, gzip
    /// Unpacked by the program of this name.
    case program(String)
    /// Known, and not to be read here.
    case closed(String)

    private static let zipEnds = [
        ".zip", ".whl", ".jar", ".war", ".egg", ".pyz", ".pex", ".shiv", ".docx", ".xlsx", ".pptx",
        ".nupkg", ".apk",
    ]

    /// - Parameter head: the first 512 bytes, fewer where there are no more.
    static func of(_ head: [UInt8], path: String) -> ArchiveKind? {
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04])
            || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
        {
            return .zip
        }
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .program("xz") }
        if head.starts(with: Array("BZh".utf8)), head.count > 10,
            head[4...].starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
                || head[4...].starts(with: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
        {
            return .program("bzip2")
        }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .program("zstd") }
        if head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) { return .closed("7z") }
        if head.starts(with: Array("Rar!".utf8)) { return .closed("rar") }
        if head.count == TarHeader.size, head.contains(where: { $0 != 0 }),
            head.withUnsafeBytes({ TarHeader($0) }) != nil
        {
            return .tar
        }
        // With a program before it.
        let lowered = path.lowercased()
        if head.starts(with: Array("#!".utf8)), zipEnds.contains(where: { lowered.hasSuffix($0) }) {
            return .zip
        }
        // A name that promises an archive, and no archive.
        if [".zip", ".whl", ".jar", ".egg"].contains(where: { lowered.hasSuffix($0) }),
            !head.isEmpty
        {
            return .zip
        }
        return nil
    }
}
