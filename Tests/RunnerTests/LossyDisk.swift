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
        try? FileSystem.removeTree(folder)
    }

    func mount() throws { try shell("mount -o loop \(image) \(folder)") }

    /// From here on nothing reaches the disk, and what had not is lost.
    func losePower() throws {
        try shell(
            "python3 -c \"import fcntl, os; fcntl.ioctl(os.open('\(folder)', os.O_RDONLY), "
                + "0x8004587d, (2).to_bytes(4, 'little'))\"")
    }

    func comeBack() throws {
        // What was killed may be ending yet.
        try shell("for n in $(seq 100); do umount \(folder) 2>&1 && exit; sleep 0.05; done; exit 1")
        try mount()
    }

    private func shell(_ line: String) throws {
        let done = try ProcessRunner.run(ProcessCommand(["sh", "-c", line]), timeout: 60)
        guard done.exit.isSuccess else { throw Failed(message: done.standardErrorText) }
    }

    struct Failed: Error { let message: String }
}
