import FoundationEssentials
import Posix
import Processes

/// A real Slurm cluster of one node on loopback, with a controller, a munge and keys of its own; it ends with the
/// object, or with the process that made it.
package final class SlurmCluster: Sendable {
    package let folder: String
    /// The variables by which Slurm's commands find it.
    package var environment: [String: String?] { ["SLURM_CONF": "\(folder)/slurm.conf"] }
    package let node: String
    private let child: ChildProcess

    /// Its daemons switch users, which takes root: `scripts/test` says whether they may.
    package static var isWanted: Bool { Environment.value("PIPELINE_TEST_SLURM") == "1" }

    private static let script = """
        cd "$1" || exit 1
        trap 'kill $(jobs -p); wait; cd /; rm -rf "$1"' EXIT
        munged --foreground --force --socket="$1/munge/socket" --key-file="$1/munge/key" \
          --pid-file="$1/munge/pid" --log-file="$1/log/munged.log" --seed-file="$1/munge/seed" \
          >log/munged.out 2>&1 &
        until munge --socket="$1/munge/socket" --no-input >log/munge.out 2>&1; do sleep 0.05; done
        slurmctld -D -c >log/slurmctld.out 2>&1 &
        slurmd -D >log/slurmd.out 2>&1 &
        until sinfo --noheader --format=%t 2>log/sinfo.out | grep -q idle; do sleep 0.1; done
        echo ready
        cat >/dev/null
        """

    /// - Parameter processors: tasks that it runs at once.
    package init(processors: Int = 4) throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-slurm-\(UUID().uuidString)"
        node = String(Host.name.prefix { $0 != "." })
        for name in ["log", "state", "spool", "munge"] {
            try FileSystem.createDirectories("\(folder)/\(name)", mode: 0o755)
        }
        let key = (0..<1024).map { _ in UInt8.random(in: 0...255) }
        try FileSystem.writeAtomically(key, to: "\(folder)/munge/key", mode: 0o400)
        try FileSystem.writeAtomically(
            Array(Self.settings(folder, node, processors).utf8), to: "\(folder)/slurm.conf")
        let path = "/usr/sbin:" + (Environment.value("PATH") ?? "/usr/bin:/bin")
        child = try ChildProcess(
            ProcessCommand(
                ["sh", "-c", Self.script, "slurm", folder],
                environment: ["SLURM_CONF": "\(folder)/slurm.conf", "PATH": path]),
            standardInput: .pipe, standardOutput: .pipe,
            standardError: .file("\(folder)/log/script.out", append: true))
        let ready = try Poll.wait([(child.standardOutput ?? -1, .readable)], timeoutMs: 60_000)
        if ready.isEmpty || child.poll() != nil { throw NotUp(log: logs()) }
    }

    deinit {
        child.closeStandardInput()
        _ = child.wait(timeoutMs: 20_000)
    }

    // No cgroups and no accounting: neither is there in a container or a plain virtual machine.
    private static func settings(
        _ folder: String, _ node: String, _ processors: Int
    ) throws -> String {
        """
        ClusterName=test
        SlurmctldHost=\(node)(127.0.0.1)
        SlurmctldPort=\(try SSHServer.freePort())
        SlurmdPort=\(try SSHServer.freePort())
        AuthType=auth/munge
        AuthInfo=socket=\(folder)/munge/socket
        CredType=cred/munge
        SlurmUser=root
        SlurmdUser=root
        SlurmctldPidFile=\(folder)/slurmctld.pid
        SlurmdPidFile=\(folder)/slurmd.pid
        StateSaveLocation=\(folder)/state
        SlurmdSpoolDir=\(folder)/spool
        SlurmctldLogFile=\(folder)/log/slurmctld.log
        SlurmdLogFile=\(folder)/log/slurmd.log
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        AccountingStorageType=accounting_storage/none
        JobCompType=jobcomp/none
        JobAcctGatherType=jobacct_gather/none
        MpiDefault=none
        SwitchType=switch/none
        ReturnToService=2
        SelectType=select/cons_tres
        SelectTypeParameters=CR_CPU
        MaxJobCount=20000
        MaxArraySize=10001
        KillWait=2
        SchedulerType=sched/backfill
        SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000
        SlurmdParameters=config_overrides
        NodeName=\(node) NodeAddr=127.0.0.1 CPUs=\(processors) RealMemory=20000 State=UNKNOWN
        PartitionName=main Nodes=\(node) Default=YES MaxTime=INFINITE State=UP

        """
    }

    /// What one of Slurm's commands prints.
    @discardableResult
    package func ask(_ words: String...) throws -> String {
        try ProcessRunner.run(ProcessCommand(words, environment: environment), timeout: 60)
            .standardOutputText
    }

    private func logs() -> String {
        ["script", "munged", "slurmctld", "slurmd"].map {
            (try? FileSystem.readText("\(folder)/log/\($0).out")) ?? ""
        }.joined(separator: "\n")
    }

    package struct NotUp: Error { package let log: String }
}
