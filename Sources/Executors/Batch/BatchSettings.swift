package import PipelineModel
import PipelinePlanning

/// What a stage may say of batches, whatever queue runs them. Each provider of a queue takes these options beside its own.
package struct BatchSettings: Sendable {
    /// How many tasks run at once; nil leaves it to the queue.
    let tasks: Int?
    /// Seconds of work that one task is to hold, as far as durations are known.
    let pack: Double
    /// How tasks get the project's files.
    let data: Data
    /// The program as tasks start it without the project's folder.
    let program: String
    let scratch: String?
    let python: String?
    /// How nodes reach the archive, where that differs.
    let archive: [String: String]

    enum Data: String, CaseIterable, Sendable {
        /// Its folder is on a file system that they share.
        case shared
        /// They fetch them from the project's archive.
        case archive
    }

    package init(_ options: ExecutorOptions) {
        tasks = options.integer("tasks")
        pack = options.value(options.seconds, "pack")
        data = options.text("data").flatMap(Data.init) ?? .shared
        program = options.text("program") ?? "pipeline"
        scratch = options.text("scratch")
        python = options.text("python")
        archive = options.map(ExecutorSchema.archiveKey.name)
    }

    /// Whether tasks reach the project's files by its archive alone.
    package static func usesArchive(_ options: ExecutorOptions) -> Bool {
        BatchSettings(options).data == .archive
    }

    package static let keys = [
        KeySchema("tasks", .integer(1...100_000), "tasks that run at once; default all"),
        KeySchema(
            "pack", .duration, default: "30s",
            "work that is packed into one task, as far as durations are known"),
        KeySchema(
            "data", .choice(Data.allCases.map(\.rawValue)), default: Data.shared.rawValue,
            "shared: the project's folder is on a file system of the nodes; archive: nodes fetch inputs from the project's archive and send outputs there"
        ),
        KeySchema(
            "program", .string, default: "pipeline",
            "with data: archive, this program as the nodes find it"),
        KeySchema(
            "scratch", .string,
            "with data: archive, folder on a node's own disk; default the node's TMPDIR, or /tmp"),
        KeySchema(
            "python", .string,
            "with data: archive, folder of the Python environment on the nodes; default the path that it has here"
        ),
        ExecutorSchema.archiveKey,
    ]

    /// How many units run at once.
    package static func width(_ options: ExecutorOptions, _ jobs: Int?) -> Int {
        options.integer("tasks") ?? UnitPacks.usualTasks
    }
}
