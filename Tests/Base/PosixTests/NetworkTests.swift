import Testing

@testable import Posix

@Suite struct NetworkTests {
    private let table = """
        25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
        40 25 0:50 / /mnt/my\\040share rw shared:2 master:3 - fuse.sshfs me@host:/ rw,user_id=0
        41 25 0:51 / /mnt/nfs rw - nfs4 host:/ rw
        """

    @Test func findsTheTypeOfADevice() {
        #expect(FileSystem.mountType(ofDevice: 0, 50, in: table) == "fuse.sshfs")
        #expect(FileSystem.mountType(ofDevice: 254, 0, in: table) == "ext4")
        #expect(FileSystem.mountType(ofDevice: 0, 5, in: table) == nil)
    }

    @Test(
        arguments: [
            (0x6969, "nfs4", "nfs4"), (0x6969, nil, "nfs"), (0xFF53_4D42, nil, "cifs"),
            (0x6573_5546, "fuse.s3fs", "fuse.s3fs"), (0x6573_5546, "fuse", "fuse"),
            (0x6573_5546, nil, "fuse"), (0x6573_5546, "fuseblk", nil),
            (0x6573_5546, "virtiofs", nil),
            (0xEF53, "ext4", nil), (0x0102_1994, "tmpfs", nil),
        ] as [(UInt32, String?, String?)])
    func namesNetworks(magic: UInt32, type: String?, name: String?) {
        #expect(FileSystem.networkName(magic: magic, mountType: type) == name)
    }
}
