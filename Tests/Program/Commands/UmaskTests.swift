import Posix
import Processes
import Testing

/// What others must read has its mode whatever the umask; what is private stays so.
@Suite struct UmaskTests {
    @Test(
        "slots are readable by the site's user, and the project's state by nobody else",
        arguments: ["077", "002", "000"])
    func slots(mask: String) throws {
        let project = try UnitProject(.plain)
        try project.write("in.txt", "1")
        try project.write(
            "pipeline/environments/there.yaml", "kind: data\ndata: { root: slots }\n")
        _ = try project.shell("mkdir slots; chmod 755 slots")
        let run = try project.shell(
            "umask \(mask); mkdir -p out/deep/er; echo x > out/deep/er/file; "
                + "\(UnitProject.tool) run sync -e there 2>&1; echo rc $?")
        #expect(run.contains("rc 0"), "\(run)")
        let modes = try project.shell(
            "find slots -mindepth 1 \\( -type d -printf 'd%m\\n' -o -type f -printf 'f%m\\n' \\) | sort -u"
        )
        #expect(modes == "d755\nf644\n", "\(modes)")
        let own = try project.shell("stat -c %a .pipeline .pipeline/ledger.sqlite")
        #expect(own == "700\n600\n", "\(own)")
    }
}
