import BatchExecution
package import PipelineEngine
import PipelineModel

extension ExecutorProvider {
    /// Units run as tasks of job arrays on a Slurm cluster that shares the project's folder.
    package static let slurm = ExecutorProvider(
        schema: ExecutorSchema(
            name: "slurm", summary: "as jobs of a cluster",
            keys: SlurmSettings.keys + BatchSettings.keys),
        width: BatchSettings.width,
        make: { request in
            let queue = SlurmQueue(SlurmSettings(request.options), cancel: request.cancellation)
            return try BatchExecutor(queue, request)
        })
}
