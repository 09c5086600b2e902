package import PipelineModel
package import PipelinePlanning
package import Processes

/// A kind of executor that is added as one folder: all that the rest of the tool asks about it.
///
/// `Sources/Shipping/Registry.swift` lists the providers; adding one changes that file and `Package.swift`, and no other.
package struct ExecutorProvider: Sendable {
    /// Its name, and the options of a stage that it understands.
    package let schema: ExecutorSchema
    /// How many units run at once.
    ///
    /// - Parameter jobs: what the command line or the stage gives; nil where neither does.
    package let width: @Sendable (ExecutorOptions, _ jobs: Int?) -> Int
    /// Programs of this machine that it starts.
    package let programs: [RequiredProgram]
    /// What `doctor` asks of it beside its programs, for each stage that names it. Nothing is changed. An error is reported as a
    /// question that could not be answered.
    package let checks: @Sendable (_ stage: String, ExecutorOptions) throws -> [Diagnosis]
    /// The variables by which its queue numbers the tasks of an array, for batches that an earlier version of this program has
    /// submitted; nil where there are none.
    package let taskVariables: TaskVariables?
    package let make: @Sendable (Request) throws -> any Executor

    /// Variables that a queue sets for a task.
    package struct TaskVariables: Sendable {
        /// Holds the number of the task.
        let index: String
        /// Holds how often it was started before; not set for none.
        let restarts: String

        package init(index: String, restarts: String) {
            self.index = index
            self.restarts = restarts
        }

        /// The task that a process is; nil where it is none.
        package func task(_ value: (String) -> String?) -> (index: Int, start: Int)? {
            guard let index = value(index).flatMap({ Int($0) }) else { return nil }
            guard let restarts = value(restarts) else { return (index, 0) }
            return Int(restarts).map { (index, $0) }
        }
    }

    package init(
        schema: ExecutorSchema, width: @escaping @Sendable (ExecutorOptions, _ jobs: Int?) -> Int,
        programs: [RequiredProgram] = [],
        checks: @escaping @Sendable (_ stage: String, ExecutorOptions) throws -> [Diagnosis] = {
            _, _ in []
        },
        taskVariables: TaskVariables? = nil,
        make: @escaping @Sendable (Request) throws -> any Executor
    ) {
        self.schema = schema
        self.width = width
        self.programs = programs
        self.checks = checks
        self.taskVariables = taskVariables
        self.make = make
    }

    /// What an executor is made for: one stage of one run.
    package struct Request {
        package let options: ExecutorOptions
        package let stage: String
        package let launch: StageLaunch
        /// The project's folder, absolute.
        package let root: String
        package let run: Int64
        /// How many units run at once.
        package let width: Int
        /// The digest of all that decides a unit's outputs as far as it is known before the unit runs.
        package let basis: (UnitSpec) -> String
        /// Whether there is nothing to do about the unit of this name.
        package let isSettled: (String) -> Bool
        /// Milliseconds that units took the last time, by name.
        package let durations: () throws -> [String: Int64]
        package let cancellation: Cancellation
        package let emit: (RunEvent) -> Void
        /// The project's files, for machines that do not see them; nil where there is no project.
        package var files: UnitFiles?
        /// The folder of the project's Python environment, absolute; nil where it has none.
        package var python: String?
        /// The project's archive; nil where it has none.
        package var shared: (any SharedResults)?

        package init(
            options: ExecutorOptions, stage: String, launch: StageLaunch, root: String, run: Int64,
            width: Int, basis: @escaping (UnitSpec) -> String,
            isSettled: @escaping (String) -> Bool,
            durations: @escaping () throws -> [String: Int64], cancellation: Cancellation,
            emit: @escaping (RunEvent) -> Void
        ) {
            self.options = options
            self.stage = stage
            self.launch = launch
            self.root = root
            self.run = run
            self.width = width
            self.basis = basis
            self.isSettled = isSettled
            self.durations = durations
            self.cancellation = cancellation
            self.emit = emit
        }
    }
}

extension [ExecutorProvider] {
    /// The one that runs units on this machine: axes are asked for there, whatever executor their stage has.
    var local: ExecutorProvider? { first }

    func named(_ name: String) -> ExecutorProvider? { first { $0.schema.name == name } }

    /// How many units of a stage run at once where the command line does not say.
    func width(_ content: UnitStage) -> Int {
        named(content.executor.executor)?.width(content.executor, content.jobs) ?? 1
    }
}
