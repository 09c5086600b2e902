package import Paths

/// A project's definition, `pipeline/pipeline.yaml`, after every check that needs no disk.
package struct Definition: Sendable {
    package let project: String
    /// In an order in which each stage stands after all that it needs.
    package let stages: [Stage]
    /// The environment that commands mean when none is named.
    package let defaultEnvironment: String?
    /// The command that runs at the end of a run; nil for none.
    package let notify: [String]?
    /// What belongs into the image, what into the data, and what into a pack.
    package let placement: PlacementLimits
    /// The Python environment of the project's stages, as it is written: a folder, `conda:NAME` or `PATH`; nil to look for it.
    package let python: String?
    /// Folders outside of the project that inputs may lie in, by name: absolute paths.
    package let roots: [String: String]
    /// Nil where clones of the project share nothing.
    package var archive: ArchiveConfig?

    package func stage(_ name: String) -> Stage? {
        stages.first { $0.name == name }
    }

    /// The stages to run so that `targets` are done: these and all that they need, in order.
    /// No targets stand for all stages.
    package func closure(of targets: [String]) -> [Stage] {
        guard !targets.isEmpty else { return stages }
        var wanted = Set(targets)
        for stage in stages.reversed() where wanted.contains(stage.name) {
            wanted.formUnion(stage.needs)
        }
        return stages.filter { wanted.contains($0.name) }
    }
}

/// A named step of the definition.
package struct Stage: Sendable {
    package let name: String
    package let kind: StageKind
    /// Names of the stages that come first.
    package let needs: [String]
    package let content: StageContent
    /// Where the stage begins in the definition; 0 for one that stands in none.
    package let line: Int

    package init(name: String, kind: StageKind, needs: [String], content: StageContent, line: Int) {
        self.name = name
        self.kind = kind
        self.needs = needs
        self.content = content
        self.line = line
    }
}

package enum StageKind: String, CaseIterable, Sendable {
    case compile, run, image, push, sync, deploy
}

package enum StageContent: Sendable {
    case units(UnitStage)
    case image(ImageStage)
    case push(PushStage)
    case sync(SyncStage)
    case deploy(DeployStage)
}

/// A stage of units that make files: kinds `compile` and `run`.
package struct UnitStage: Sendable {
    /// The command line of the long-lived worker, if units are run by one.
    package let worker: [String]?
    /// Variables set for workers and commands; their values are part of the fingerprint.
    package let environment: [String: String]
    /// Variables taken from the caller's environment; their values are part of the fingerprint.
    package let passEnvironment: [String]
    /// Code files that count for every unit, beside those that units are seen to load.
    package let code: [PathPattern]
    /// Commands whose output (a version) counts for every unit.
    package let tools: [[String]]
    /// How many units run at once; nil means one for each processor.
    package let jobs: Int?
    package let executor: ExecutorOptions
    package let templates: [UnitTemplate]
}

/// A rule: the description of many units, one for each combination of its matrix.
package struct UnitTemplate: Sendable {
    package let name: String
    /// In the order written; the last axis varies fastest.
    package let matrix: [Axis]
    package let parameters: [String: ParameterValue]
    package let inputs: [Template]
    /// Files that the unit may read: waited for, but only those that it reports count.
    package let mayRead: [Template]
    package let outputs: [Template]
    /// What the command writes to its place by itself; nil where units are given temporary paths (`outputs`).
    package let inPlace: InPlaceTemplate?
    /// Whether the definition has "outputs", be it none.
    package let declaresOutputs: Bool
    /// The command of the unit; nil means the stage's worker runs it.
    package let command: [Template]?
    package let limits: UnitLimits
    package let line: Int
}

/// What a unit may use, and how its outputs are judged.
package struct UnitLimits: Sendable, Hashable {
    package let check: OutputCheck?
    /// Seconds.
    package let timeout: Double?
    package let retries: Int
    /// Bytes.
    package let memory: Int64?
    /// What is higher starts first, with what it needs.
    package let priority: Int
    /// Whether what a command opens counts.
    package let isTraced: Bool
    /// How values stand in the names of inputs and outputs.
    package let names: NameForm
    /// Whether a result of a machine with another C library or processor is as good.
    package let isPortable: Bool

    package init(
        check: OutputCheck?, timeout: Double?, retries: Int, memory: Int64?, priority: Int = 0,
        isTraced: Bool = true, names: NameForm = .encoded, isPortable: Bool = true
    ) {
        self.names = names
        self.isPortable = isPortable
        self.check = check
        self.timeout = timeout
        self.retries = retries
        self.memory = memory
        self.priority = priority
        self.isTraced = isTraced
    }
}

/// One axis of a matrix.
package struct Axis: Sendable {
    package let name: String
    package let values: AxisValues
}

package enum AxisValues: Sendable {
    case list([ParameterValue])
    /// The worker is asked for the values; they depend on these inputs.
    case worker(function: String, inputs: [Template])
}

package struct ImageStage: Sendable {
    package let context: String
    package let dockerfile: String
    /// The stage of the Dockerfile that is built; nil for its last one.
    package let target: String?
    package let platform: String
    package let buildArguments: [String: String]
    /// Build arguments taken from the caller's environment where it sets them.
    package let passBuildArguments: [String: String]
    /// Files that stay in the context though they may hold credentials; relative to the project.
    package let keep: [PathPattern]

    package init(
        context: String, dockerfile: String, target: String?, platform: String,
        buildArguments: [String: String], passBuildArguments: [String: String],
        keep: [PathPattern] = []
    ) {
        self.context = context
        self.dockerfile = dockerfile
        self.target = target
        self.platform = platform
        self.buildArguments = buildArguments
        self.passBuildArguments = passBuildArguments
        self.keep = keep
    }
}

package struct PushStage: Sendable {
    /// The image stage whose image is pushed; nil means the one that the stage needs.
    package let image: String?
    /// Which pushes pass the leak gate first.
    package let scan: LeakScan
    /// What the gate lets pass: a rule and a path each.
    package let allowed: [String]
    /// A scanner of the user's that looks at the image as well.
    package let scanner: String?
    package static let scanners = ["gitleaks", "trufflehog", "detect-secrets"]
}

/// When an image is looked at for credentials and data before it is pushed.
package enum LeakScan: String, CaseIterable, Sendable {
    case always
    /// Where everybody can read the registry.
    case `public`
    case never
}

/// Takes what the stages that it needs have made: the pushed image and the synced data.
package struct DeployStage: Sendable {
    package init() {}
}
