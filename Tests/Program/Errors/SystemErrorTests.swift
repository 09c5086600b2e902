import Glibc
import Posix
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
        "a file system that is mounted for reading is reported as that",
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

    @Test("a process that may open no more files reports it, whatever it was about to open")
    func descriptors() throws {
        var refused = 0
        for limit in 4...40 {
            let said = try told("ulimit -n \(limit) && PIPELINE run compile")
            if said.contains("error[") {
                refused += 1
                #expect(said.contains("error[too-many-open-files]"), "\(limit): \(said)")
            }
        }
        #expect(refused > 3)
        #expect(try project.tool("run", "compile").exit == .exited(0))
        #expect(try project.text("out/one.txt") == "two\n")
    }

    @Test(
        "a ledger on a network file system is refused",
        .enabled(if: canMountFUSE, "only root can mount, and only where there is FUSE"))
    func network() throws {
        // The other end of sshfs(1) without a network between.
        try project.write("elsewhere/ssh", "#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n")
        let said = try told(
            """
            chmod +x elsewhere/ssh; mv .pipeline elsewhere/state; mkdir .pipeline
            unshare -m sh -c 'sshfs -o ssh_command="$PWD/elsewhere/ssh" there:"$PWD/elsewhere/state" .pipeline &&
            PIPELINE run compile; fusermount3 -u .pipeline'
            """)
        #expect(said.contains("error[ledger-on-network]"), "\(said)")
        #expect(said.contains("(fuse.sshfs)"))
        #expect(try project.text("out/one.txt") == "one\n")
    }

    private static let canMountFUSE =
        getuid() == 0 && (try? FileSystem.status("/dev/fuse")) ?? nil != nil

    @Test("an output that somebody removes as soon as it has its name is missed")
    func vanished() throws {
        // Stopped as it comes back from giving the file its name.
        _ = try project.shell("rm out/one.txt; rm -r .pipeline/store")
        let run = try ChildProcess(
            ProcessCommand(
                [
                    "strace", "-f", "-o", "/dev/null", "-e", "signal=none",
                    // strace(1) knows a call to rename by the old name alone.
                    "-P", ".pipeline/aside/place-1/0/one.txt",
                    "-e", "inject=rename:signal=STOP", UnitProject.tool, "run", "compile",
                ], environment: ["STOPPED_IN": project.root], directory: project.root),
            standardOutput: .file(project.path("run.out"), append: true),
            standardError: .file(project.path("run.err"), append: true))
        #expect(try project.wait { try project.exists("out/one.txt") })
        _ = try project.shell("rm out/one.txt")
        // It may be on its way to the stop yet, which only a later word ends.
        #expect(
            try project.wait {
                for pid in Host.processes(withEnvironment: "STOPPED_IN=\(project.root)")
                where pid != run.pid { kill(pid, SIGCONT) }
                return run.poll() != nil
            })
        let said = try project.text("run.err")
        #expect(said.contains("error[output-vanished]"), "\(said)")
        #expect(try project.tool("run", "compile").exit == .exited(0))
        #expect(try project.text("out/one.txt") == "two\n")
    }
}
