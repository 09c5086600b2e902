import CPosix

extension FileSystem {
    /// The type of the file system of `path` when it is reached over a network, such as `nfs4`, `cifs` or
    /// `fuse.sshfs`; nil when it is local. Locks and the write-ahead log of SQLite are not safe there.
    ///
    /// Rests on the numbers of statfs(2). FUSE has one number for all, so the name in
    /// proc_pid_mountinfo(5) decides, and one that is not known to be local counts as a network.
    package static func isNetwork(_ path: String) throws(PosixError) -> String? {
        var magic: UInt32 = 0
        var free: Int64 = 0
        try systemCall("statfs", path: path) { cposix_file_system($0, &magic, &free) }
        guard magic == fuse || networkTypes[magic] != nil else { return nil }
        let device = try status(path)?.device ?? 0
        let table = (try? readText("/proc/self/mountinfo")) ?? ""  // try?: counts as a network
        let type = mountType(
            ofDevice: cposix_device_major(device), cposix_device_minor(device), in: table)
        return networkName(magic: magic, mountType: type)
    }

    /// The name of a network file system, nil for a local one, from its number and its mounted type.
    static func networkName(magic: UInt32, mountType: String?) -> String? {
        guard magic == fuse else { return networkTypes[magic].map { mountType ?? $0 } }
        let type = mountType ?? "fuse"
        return localFuseTypes.contains(type) ? nil : type
    }

    /// The type in the line of mountinfo(5) for a device: the word after the lonely hyphen.
    static func mountType(ofDevice major: UInt32, _ minor: UInt32, in table: String) -> String? {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 3, words[2] == "\(major):\(minor)",
                let hyphen = words.firstIndex(of: "-"), hyphen + 1 < words.count
            else { continue }
            return String(words[hyphen + 1])
        }
        return nil
    }

    private static let fuse: UInt32 = 0x6573_5546

    // linux/magic.h and, for those outside the kernel, statfs(2) and their own sources.
    private static let networkTypes: [UInt32: String] = [
        0x6969: "nfs", 0x517B: "smb", 0xFF53_4D42: "cifs", 0xFE53_4D42: "smb3",
        0x00C3_6400: "ceph", 0x0BD0_0BD0: "lustre", 0x4750_4653: "gpfs", 0x0102_1997: "9p",
        0x5346_414F: "afs", 0x6B41_4653: "afs", 0x7375_7245: "coda", 0x564C: "ncp",
        0x1983_0326: "beegfs", 0xAAD7_AAEA: "panfs", 0x2003_0528: "orangefs",
        0x7461_636F: "ocfs2", 0x0116_1970: "gfs2",
    ]

    private static let localFuseTypes: Set<String> = [
        "fuseblk", "virtiofs", "fuse.bindfs", "fuse.encfs", "fuse.fuse-overlayfs", "fuse.gocryptfs",
        "fuse.lxcfs", "fuse.mergerfs", "fuse.ntfs-3g", "fuse.squashfuse", "fuse.unionfs",
    ]
}
