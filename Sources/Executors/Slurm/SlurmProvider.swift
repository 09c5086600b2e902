import BatchExecution
package import PipelineEngine
import PipelineModel

extension ExecutorProvider {
    /// Units run as tasks of job arrays on a Slurm cluster, which shares the project's folder or reaches its archive.
    package static let slurm = ExecutorProvider(
        schema: ExecutorSchema(
            name: "slurm", summary: "as jobs of a cluster",
            keys: SlurmSettings.keys + BatchSettings.keys, usesArchive: BatchSettings.usesArchive),
        width: BatchSettings.width, programs: SlurmChecks.programs,
        checks: { stage, _ in SlurmChecks.controller(stage: stage) },
        // As sbatch(1) names them.
        taskVariables: .init(index: "SLURM_ARRAY_TASK_ID", restarts: "SLURM_RESTART_COUNT"),
        make: { request in
            let queue = SlurmQueue(SlurmSettings(request.options), cancel: request.cancellation)
            return try BatchExecutor(queue, request)
        })
}
