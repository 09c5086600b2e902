import Glibc
import Posix
import Processes

/// An ext4 in a file, mounted at a folder until the object is gone.
final class LossyDisk {
    private let folder: String
    private var image: String { folder + ".image" }

    static let isPossible: Bool = {
        guard getuid() == 0 else { return false }
        let folder = "\(Environment.value("TMPDIR") ?? "/tmp")/pipeline-power-\(Host.processID)"
        return (try? LossyDisk(at: folder)) != nil
    }()

    init(at folder: String) throws {
        self.folder = folder
        try FileSystem.createDirectories(folder)
        try shell("truncate -s 96M \(image) && mkfs.ext4 -q \(image)")
        try mount()
    }

    deinit {
        try? shell("umount --lazy \(folder)")
        try? FileSystem.remove(image)
        try? FileSystem.remove(image + ".after")
        try? FileSystem.removeTree(folder)
    }

    func mount() throws { try shell("mount -o loop \(image) \(folder)") }

    /// From here on nothing reaches the disk, and what had not is lost.
    func losePower() throws {
        try shell(
            "python3 -c \"import fcntl, os; fcntl.ioctl(os.open('\(folder)', os.O_RDONLY), "
                + "0x8004587d, (2).to_bytes(4, 'little'))\"")
    }

    /// The disk as it was left, in a file system of its own: the lost one may be held by the one who copied the table of
    /// mounts meanwhile, as containers do.
    func comeBack() throws {
        try shell(
            "umount --lazy \(folder); sync \(image); cp --sparse=always \(image) \(image).after")
        try shell("mount -o loop \(image).after \(folder)")
    }

    private func shell(_ line: String) throws {
        let done = try ProcessRunner.run(ProcessCommand(["sh", "-c", line]), timeout: 60)
        guard done.exit.isSuccess else { throw Failed(message: done.standardErrorText) }
    }

    struct Failed: Error { let message: String }
}
