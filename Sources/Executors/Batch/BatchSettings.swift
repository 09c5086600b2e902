package import PipelineModel
import PipelinePlanning

/// What a stage may say of batches, whatever queue runs them. Each provider of a queue takes these options beside its own.
package struct BatchSettings: Sendable {
    /// How many tasks run at once; nil leaves it to the queue.
    let tasks: Int?
    /// Seconds of work that one task is to hold, as far as durations are known.
    let pack: Double

    package init(_ options: ExecutorOptions) {
        tasks = options.integer("tasks")
        pack = options.value(options.seconds, "pack")
    }

    package static let keys = [
        KeySchema("tasks", .integer(1...100_000), "tasks that run at once; default all"),
        KeySchema(
            "pack", .duration, default: "30s",
            "work that is packed into one task, as far as durations are known"),
    ]

    /// How many units run at once.
    package static func width(_ options: ExecutorOptions, _ jobs: Int?) -> Int {
        options.integer("tasks") ?? UnitPacks.usualTasks
    }
}
