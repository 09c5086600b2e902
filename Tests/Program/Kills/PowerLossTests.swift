import Digests
import Posix
import Processes
import Testing

/// Power that fails: everything that was not synchronised is gone. On a real ext4, which is instructed to drop all that has
/// not reached its disk (EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH), and is then mounted again.
@Suite(
    .enabled(
        if: LossyDisk.isPossible, "only root can mount a disk, where there are loop devices"))
struct PowerLossTests {
    private static let count = 150
    private static let definition = """
        project: p
        stages:
          make:
            kind: compile
            jobs: 2
            units:
              u:
                matrix: { n: { from: 1, to: \(count) } }
                command: sh -c "yes {n} | head -c 50000 > {output}; sleep 0.02"
                outputs: "out/{n}"

        """

    @Test(
        "U18: no unit is recorded as done whose output is not on disk, and the same command resumes",
        arguments: 1...8)
    func lost(moment: Int) throws {
        let project = try UnitProject(Self.definition)
        let disk = try LossyDisk(at: project.root)
        try project.write("pipeline/pipeline.yaml", Self.definition)
        _ = try project.shell("sync -f .")
        let run = try ChildProcess(
            ProcessCommand([UnitProject.tool, "run"], directory: project.root),
            standardOutput: .null, standardError: .null)
        let enough = moment * 12
        #expect(
            try project.wait {
                run.poll() != nil
                    || ((try? FileSystem.entries(of: project.path("out")))?.count ?? 0) >= enough
            })
        try disk.losePower()
        run.signal(9)
        _ = run.wait()
        for pid in Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(project.root)") {
            StrayProcesses.terminate([pid], grace: 0)
        }
        try disk.comeBack()

        // Without the tool: what the ledger says against what is there.
        let recorded = try project.shell(
            """
            sqlite3 .pipeline/ledger.sqlite "select u.name, a.name, lower(hex(a.digest)) from artifacts a
              join attempts t on t.id = a.attempt_id join units u on u.id = t.unit_id where t.outcome = 'done'"
            """
        ).split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
        #expect(recorded.count < Self.count)
        if moment > 4 { #expect(!recorded.isEmpty) }
        for row in recorded {
            // Under its name, or, where that was still to come, in the store.
            let hex = row[2]
            let places = [row[1], ".pipeline/store/\(hex.prefix(2))/\(hex.dropFirst(2))"]
            let found = places.map {
                (try? Digest.ofFile(project.path($0)).digest.hex) ?? "nothing"
            }
            #expect(found.contains(hex), "\(row[0]) is recorded as done, and \(row[1]) is lost")
        }
        let next = try project.run()
        #expect(next.exit == .exited(0), "\(next.standardError)")
        #expect(Set(next.ran).isDisjoint(with: recorded.map { $0[0] }))
        #expect(next.ran.count == Self.count - recorded.count)
        for number in 1...Self.count {
            let size = try FileSystem.status(project.path("out/\(number)"))?.size
            #expect(size == 50_000, "out/\(number)")
        }
    }
}
