import BatchExecution
import Failures
import PipelineModel
import Processes

/// What `doctor` asks of a Slurm cluster.
enum SlurmChecks {
    static let programs = [
        RequiredProgram(
            ["sbatch", "--version"],
            advice:
                "run on a machine that submits to the cluster, or install its commands: apt-get install slurm-client",
            // Without a configuration even its version is not printed.
            failing:
                "run on a machine that submits to the cluster, or name the cluster's configuration in SLURM_CONF"
        )
    ]

    /// Whether a controller answers, as scontrol(1) prints it: `Slurmctld(primary) at HOST is UP`.
    static func controller(stage: String) -> [Diagnosis] {
        let subject = "\(stage): Slurm"
        func bad(_ found: String) -> Diagnosis {
            Diagnosis(
                "stages", subject, .bad, found,
                advice: "see whether \"sinfo\" answers on this machine")
        }
        do throws(QueueCommands.Problem) {
            let output = try SlurmQueue.commands(cancel: nil, timeout: 20)
                .output(["scontrol", "ping"])
            let text = output.standardOutputText + output.standardErrorText
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            if output.exit.isSuccess, let up = lines.first(where: { $0.hasSuffix(" is UP") }) {
                return [Diagnosis("stages", subject, .good, up)]
            }
            return [bad(lines.first ?? "scontrol failed and printed nothing")]
        } catch {
            switch error {
            // It is among the programs.
            case .missing: return []
            case .hung(let program, let seconds):
                return [bad("\(program) did not answer within \(Int(seconds)) s and was ended")]
            case .other(let failure):
                return [Diagnosis("stages", subject, .unknown, failure.headline)]
            }
        }
    }
}
