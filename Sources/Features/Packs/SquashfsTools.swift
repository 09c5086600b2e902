import Processes

/// The command lines of Debian's squashfs-tools (4.5.1 and later).
enum SquashfsTools {
    static let package = "squashfs-tools"

    /// mksquashfs(1). Equal trees give equal bytes, with one version of the program: times and the order
    /// on disk do not count, nor who owns the files or which of them share an inode.
    ///
    /// `-all-root` writes root as the owner of all, so no fakeroot is needed. Since everything belongs to
    /// root, the bits that give a program its owner's rights are taken away.
    ///
    /// - Parameter time: seconds since 1970, of every file and of the pack.
    static func make(
        folder: String, output: String, compression: Compression, time: UInt32
    ) -> ProcessCommand {
        ProcessCommand(
            [
                "mksquashfs", folder, output, "-noappend", "-comp", compression.rawValue,
                "-all-root", "-root-mode", "755", "-no-xattrs", "-no-hardlinks",
                "-reproducible", "-mkfs-time", "\(time)", "-all-time", "\(time)",
                "-action", "chmod(ug-s)@true",
                "-exit-on-error", "-no-recovery", "-no-progress", "-quiet",
            ],
            // Set, it is an error beside -mkfs-time.
            environment: ["SOURCE_DATE_EPOCH": nil, "LC_ALL": "C.UTF-8"])
    }

    /// unsquashfs(1): a description of all that is in a pack, then the content of its files.
    static func pseudoFile(_ pack: String) -> ProcessCommand {
        ProcessCommand(
            ["unsquashfs", "-quiet", "-no-progress", "-pf", "/dev/stdout", pack],
            environment: ["LC_ALL": "C.UTF-8"])
    }

    /// unsquashfs(1): a line of the kind of `ls -ln` for each entry.
    static func longList(_ pack: String) -> ProcessCommand {
        ProcessCommand(
            ["unsquashfs", "-quiet", "-no-progress", "-UTC", "-lln", pack],
            environment: ["LC_ALL": "C.UTF-8"])
    }
}
