package import PipelineEngine
import PipelineModel
import Posix

extension ExecutorProvider {
    /// Units run as processes of this machine.
    package static let local = ExecutorProvider(
        schema: ExecutorSchema(name: "local", summary: "on this machine"),
        width: { _, jobs in jobs ?? Host.processorCount },
        make: { request in
            // The mark by which a later run knows what this one left behind.
            let mark = [Orphans.variable: Orphans.mark(root: request.root)]
            return try LocalExecutor(
                request.launch.adding(mark), root: request.root, slots: request.width)
        })
}
