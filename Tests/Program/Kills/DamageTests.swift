import Glibc
import Posix
import Processes
import Testing

/// Disks that fill, ledgers that were damaged and clocks that jump, on the built program.
struct DamageTests {
    private let project: UnitProject

    private static let definition = """
        project: p
        stages:
          make:
            kind: compile
            units:
              small:
                command: sh -c "cat {input} > {output}"
                inputs: in.txt
                outputs: out/small.txt
              big:
                command: sh -c "head -c 6000000 /dev/zero > {output}"
                outputs: out/big.bin

        """

    init() throws {
        project = try UnitProject(Self.definition)
        try project.write("in.txt", "one\n")
    }

    private var integrity: String {
        get throws {
            try project.shell("sqlite3 .pipeline/ledger.sqlite 'pragma integrity_check'")
        }
    }

    /// A folder of the project on a small disk of its own.
    private func onDisk(_ folder: String, _ size: String, _ body: () throws -> Void) throws {
        try FileSystem.createDirectories(folder)
        let mounted = try ProcessRunner.run(
            ProcessCommand(["mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder]))
        try #require(mounted.exit.isSuccess, "\(mounted.standardErrorText)")
        defer {
            _ = try? ProcessRunner.run(ProcessCommand(["umount", "--lazy", folder]), timeout: 10)
        }
        try body()
    }

    @Test(
        "U17: a disk that fills while an output is written fails that unit; with room it goes on",
        .enabled(if: getuid() == 0, "only root can mount a small disk"))
    func fullForOutput() throws {
        let out = project.path("out")
        try onDisk(out, "4m") {
            let full = try project.run("-j", "1")
            #expect(full.exit == .exited(1), "\(full.standardError)")
            #expect(full.units("failed") == ["make/big"])
            #expect(full.units("ran") == ["make/small"])
            #expect(try !project.exists("out/big.bin"))
            _ = try ProcessRunner.run(
                ProcessCommand(["mount", "-o", "remount,size=64m", out]))
            let roomy = try project.run()
            #expect(roomy.exit == .exited(0), "\(roomy.standardError)")
            #expect(roomy.ran == ["make/big"])
            #expect(try FileSystem.status(project.path("out/big.bin"))?.size == 6_000_000)
        }
    }

    @Test(
        "U17: with no room for the ledger the place is named, nothing is lost, and it goes on",
        .enabled(if: getuid() == 0, "only root can mount a small disk"))
    func fullForAll() throws {
        try onDisk(project.root, "32m") {
            try project.write("pipeline/pipeline.yaml", Self.definition)
            try project.write("in.txt", "one\n")
            #expect(try project.run().exit == .exited(0))
            try project.write("in.txt", "two\n")
            _ = try project.shell("cat /dev/zero > filler 2>/dev/null")
            let full = try project.run()
            #expect(full.exit == .exited(1), "\(full.standardError)")
            #expect(
                full.standardError.contains("No space left on device")
                    || full.standardError.contains("is full"), "\(full.standardError)")
            #expect(try project.text("out/small.txt") == "one\n")
            _ = try project.shell("rm filler")
            #expect(try integrity == "ok\n")
            let roomy = try project.run()
            #expect(roomy.exit == .exited(0), "\(roomy.standardError)")
            #expect(try project.text("out/small.txt") == "two\n")
        }
    }

    @Test(
        "U23: a ledger that cannot be read is reported, with what to do, and never written over",
        arguments: [
            ("sqlite3 .pipeline/ledger.sqlite 'pragma user_version = 999'", "newer"),
            (
                "printf garbage-garbage | dd of=.pipeline/ledger.sqlite conv=notrunc status=none",
                "not"
            ),
            (
                "f=.pipeline/ledger.sqlite; truncate -s $(($(stat -c %s $f) / 2)) $f", "damaged"
            ),
        ])
    func damagedLedger(_ damage: String, _ saying: String) throws {
        #expect(try project.run().exit == .exited(0))
        _ = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite 'pragma wal_checkpoint(truncate)'; " + damage
                + "; rm -f .pipeline/ledger.sqlite-*")
        let before = try FileSystem.read(project.path(".pipeline/ledger.sqlite"))
        let run = try project.run()
        #expect(run.exit == .exited(1), "\(run.standardError)")
        #expect(run.standardError.contains(saying), "\(run.standardError)")
        #expect(run.standardError.contains("ledger.sqlite"))
        #expect(try FileSystem.read(project.path(".pipeline/ledger.sqlite")) == before)
        #expect(try project.text("out/small.txt") == "one\n")
    }

    @Test("U24: attempts from the future do not hide what was done after them")
    func clock() throws {
        #expect(try project.run().exit == .exited(0))
        _ = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"update attempts set started_ms = started_ms + 9000000000; "
                + "update runs set started_ms = started_ms + 9000000000\"")
        try project.write("in.txt", "two\n")
        #expect(try project.run().ran == ["make/small"])
        #expect(try project.run().ran == [])
        #expect(try project.text("out/small.txt") == "two\n")
    }
}
