import Posix
import Testing

@testable import PipelineShipping

/// Which roots lie on a mount point that nothing is mounted on.
struct MountTableTests {
    private let fstab = """
        # comment /mnt/none ext4
        UUID=1 / ext4 defaults 0 1
        fs-1:/ /mnt/efs efs _netdev 0 0
        fs-2:/ /mnt/my\\040data/ nfs4 defaults 0 0
        none none swap sw 0 0
        """

    private func table(_ mounted: String...) -> MountTable {
        MountTable(
            fstab: fstab,
            mountinfo: mounted.map { "36 35 98:0 / \($0) rw - ext4 /dev/x rw" }
                .joined(separator: "\n"))
    }

    @Test("a mount point of fstab that is not mounted is found, for all that lies below it")
    func unmounted() {
        let table = table("/")
        #expect(table.unmountedPoint(above: "/mnt/efs") == "/mnt/efs")
        #expect(table.unmountedPoint(above: "/mnt/efs/site/x") == "/mnt/efs")
        #expect(table.unmountedPoint(above: "/mnt/my data/x") == "/mnt/my data")
        #expect(table.unmountedPoint(above: "/mnt/efsx") == nil)
        #expect(table.unmountedPoint(above: "/mnt/none") == nil)
        #expect(table.unmountedPoint(above: "/") == nil)
    }

    @Test("a table that is missing expects nothing; one that cannot be read is an error")
    func unreadable() throws {
        let table = try MountTable.present(fstab: "/no/such/fstab", mountinfo: "/no/such/table")
        #expect(table.expected.isEmpty)
        #expect(throws: PosixError.self) { try MountTable.present(fstab: "/") }
        #expect(throws: PosixError.self) {
            try MountTable.present(fstab: "/proc/self/mounts", mountinfo: "/no/such/table")
        }
    }

    @Test("one that is mounted is as good as any folder, and so is what is mounted below it")
    func mounted() {
        #expect(table("/", "/mnt/efs").unmountedPoint(above: "/mnt/efs/site") == nil)
        #expect(table("/", "/mnt/efs/site").unmountedPoint(above: "/mnt/efs/site/x") == nil)
    }
}
