import Glibc
import Processes
import Testing

/// What the system refuses, on the built program: rights, mounts and limits.
struct SystemErrorTests {
    private let project: UnitProject

    init() throws {
        project = try UnitProject(.plain)
        try project.write("in.txt", "one\n")
        #expect(try project.tool("run", "compile").exit == .exited(0))
        try project.write("in.txt", "two\n")
    }

    /// Root may read and write everything; without this right it is refused as anybody is.
    private static let plainly =
        getuid() == 0 ? "setpriv --bounding-set -dac_override,-dac_read_search " : ""

    private func told(_ script: String) throws -> String {
        try project.shell("\(script.replacing("PIPELINE", with: UnitProject.tool)) 2>&1")
    }

    @Test("a file that may not be read is named")
    func denied() throws {
        let said = try told("chmod 000 in.txt; \(Self.plainly)PIPELINE run compile")
        #expect(said.contains("error[permission-denied]"), "\(said)")
        #expect(said.contains("in.txt"))
        #expect(try project.text("out/one.txt") == "one\n")
    }

    @Test("a ledger that may not be written is named")
    func ledger() throws {
        let said = try told(
            "chmod 444 .pipeline/ledger.sqlite; \(Self.plainly)PIPELINE run compile")
        #expect(said.contains("error[ledger-read-only]"), "\(said)")
        #expect(try project.text("out/one.txt") == "one\n")
    }

    @Test(
        "a file system that is mounted for reading is told as that",
        .enabled(if: getuid() == 0, "only root can mount"))
    func readOnly() throws {
        let said = try told(
            """
            unshare -m sh -c 'mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD" &&
            cd "$PWD" && PIPELINE run compile'
            """
        )
        #expect(said.contains("error[read-only-file-system]"), "\(said)")
        #expect(try project.text("out/one.txt") == "one\n")
    }
}
