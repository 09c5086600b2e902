import FileFormats

/// What `pipeline/pipeline.yaml` may hold.
package enum DefinitionSchema {
    /// - Parameters:
    ///   - executors: those that providers bring.
    ///   - transports: those that reach an archive.
    package static func root(
        _ executors: [ExecutorSchema], _ transports: [TransportSchema] = []
    ) -> ObjectSchema {
        let archive = KeySchema(
            "archive", .object(ArchiveConfig.schema(transports)),
            "results and releases that all clones of the project share")
        return ObjectSchema(
            topLevel + (transports.isEmpty ? [] : [archive]) + [
                KeySchema(
                    "stages", .map(.object(stage(executors))), required: true, "the steps, by name")
            ])
    }

    private static let topLevel = [
        KeySchema(
            "project", .string, required: true, "name of the project; names images and releases"),
        KeySchema(
            "default_environment", .string, "environment that commands mean when none is named"),
        KeySchema(
            "python", .string,
            "Python environment of all stages: a folder such as .venv, conda:NAME, or PATH for what the shell finds; default: the one that the project has"
        ),
        KeySchema("notify", command, "command that is run at the end of a run that did something"),
        KeySchema("placement", .object(placement), "when a plan says that files belong elsewhere"),
        KeySchema(
            "roots", .map(.string),
            "folders outside of the project, by name; inputs name them as roots:NAME/path"),
    ]

    /// Every key of every kind of stage; which kind takes which stands in `keys(of:)`.
    private static func stage(_ executors: [ExecutorSchema]) -> ObjectSchema {
        ObjectSchema(
            [
                KeySchema(
                    "kind", .choice(StageKind.allCases.map(\.rawValue)),
                    "what the stage does; may be left out where the stage's name is a kind"),
                KeySchema("needs", .oneOrMore(.string), "stages that come first"),
            ] + unitStage(executors) + singleUnit + inPlace + limits + shipping)
    }

    /// The keys that a stage of this kind takes.
    package static func keys(of kind: StageKind, _ executors: [ExecutorSchema]) -> Set<String> {
        let unitStage = unitStage(executors)
        let own: [KeySchema] =
            switch kind {
            case .compile: unitStage + limits
            case .run: unitStage.filter { $0.name != "units" } + singleUnit + inPlace + limits
            case .image: shipping.filter { imageKeys.contains($0.name) }
            case .push: shipping.filter { pushKeys.contains($0.name) }
            case .sync: shipping.filter { syncKeys.contains($0.name) }
            case .deploy: []
            }
        return Set(own.map(\.name) + ["kind", "needs"])
    }

    private static let pushKeys: Set = ["image", "scan", "allow", "scanner"]
    private static let imageKeys: Set = [
        "context", "dockerfile", "target", "platform", "build_arguments", "pass_build_arguments",
        "keep",
    ]

    private static let syncKeys: Set = ["data", "include", "exclude", "symlinks"]

    private static let placement = ObjectSchema([
        KeySchema(
            "image_limit", .size,
            "file or folder of an image that is larger belongs to the data; default 500M"),
        KeySchema("small_file", .size, "bytes per file below which files are small; default 16K"),
        KeySchema(
            "small_files", .integer(1...1_000_000_000),
            "small files in one folder above which they belong into a pack; default 10000"),
    ])

    private static func unitStage(_ executors: [ExecutorSchema]) -> [KeySchema] {
        let places = executors.enumerated().map { position, executor in
            "\(executor.name) (\(executor.summary)\(position == 0 ? "; the default" : ""))"
        }
        let executor = KeySchema(
            "executor", .choice(executors.map(\.name)),
            "where units run: " + places.joined(separator: ", "))
        return unitKeys + (executors.isEmpty ? [] : [executor]) + executors.compactMap(\.key) + [
            KeySchema("units", .map(.object(unit)), "rules of units, by name")
        ]
    }

    private static let unitKeys = [
        KeySchema("worker", command, "command line of the long-lived process that runs the units"),
        KeySchema(
            "environment", .map(.scalar), "variables set for workers and commands; they count"),
        KeySchema(
            "pass_environment", .list(.string),
            "variables taken from the caller; their values count"),
        KeySchema(
            "code", .list(.string), "code files, or patterns of them, that count for every unit"),
        KeySchema("tools", .list(command), "commands that print a version; what they print counts"),
        KeySchema("jobs", .integer(1...1024), "units that run at once; default one a processor"),
    ]

    private static let singleUnit = [
        KeySchema(
            "command", command, "the command; {input}, {inputs}, {output}, {outputs} are filled"),
        KeySchema("inputs", .oneOrMore(.string), "files, folders or patterns that the unit reads"),
        KeySchema("outputs", .oneOrMore(.string), "files that the unit writes"),
        KeySchema(
            "may_read", .oneOrMore(.string),
            "files that it may read: waited for, counted only if it reports them"),
        KeySchema("parameters", .map(.scalar), "values handed to the unit; they count"),
    ]

    /// Of commands that write their outputs to the places of these by themselves.
    private static let inPlace = [
        KeySchema(
            "existing", .choice(ExistingOutputs.allCases.map(\.rawValue)), default: "replace",
            "what becomes of outputs that are there when something has changed since they were made"
        ),
        KeySchema(
            "markers", .oneOrMore(.string),
            "files by which the command sees that it has nothing left to do"),
    ]

    private static let limits = [
        KeySchema(
            "check", .either([.choice(FileFormat.all.map(\.name)), .list(.string)]),
            "how outputs are judged beside being there: a format, or the words of a command"),
        KeySchema("timeout", .duration, "time after which a unit is stopped and has failed"),
        KeySchema(
            "retries", .integer(0...100), "how often a failed unit is tried again in one run"),
        KeySchema("memory", .size, "memory that a unit may use"),
        KeySchema(
            "priority", .integer(-1000...1000),
            "what is higher starts first, with what it needs; default 0"),
        KeySchema(
            "names", .choice(NameForm.allCases.map(\.rawValue)), default: "encoded",
            "how values of axes and parameters stand in names of files"),
        KeySchema(
            "trace", .boolean,
            "whether files of the project that a command opens count as its code; default true"),
        KeySchema(
            "portable", .boolean, default: "true",
            "false: a result from the archive is used only if it was made with the same C library and processor features"
        ),
    ]

    private static let shipping = [
        KeySchema("context", .string, "folder that the image is built from"),
        KeySchema("dockerfile", .string, "path in the context; default Dockerfile"),
        KeySchema(
            "target", .string, "stage of the Dockerfile that is built; default: the last one"),
        KeySchema("platform", .string, "platform of the image; default linux/amd64"),
        KeySchema("build_arguments", .map(.scalar), "arguments of the build; they count"),
        KeySchema(
            "pass_build_arguments", .map(.string),
            "arguments taken from variables of the caller, where set; their values count"),
        KeySchema(
            "keep", .oneOrMore(.string),
            "files that stay in the context though they may hold credentials"),
        KeySchema(
            "image", .string, "the image stage whose image is pushed; default the needed one"),
        KeySchema(
            "scan", .choice(LeakScan.allCases.map(\.rawValue)),
            "which pushes pass the leak gate: always, public (the default) or never"),
        KeySchema("allow", .oneOrMore(.string), "what the leak gate lets pass: RULE PATH-PATTERN"),
        KeySchema(
            "scanner", .choice(PushStage.scanners),
            "a scanner of yours that looks at the image as well; default none"),
        KeySchema("data", .oneOrMore(.string), "folders whose files make the data release"),
        KeySchema(
            "include", .oneOrMore(.string), "only files that match these are sent; default all"),
        KeySchema("exclude", .oneOrMore(.string), "what these match stays, whatever is included"),
        KeySchema(
            "symlinks", .choice(SymlinkPolicy.allCases.map(\.rawValue)),
            "what becomes of symbolic links; default follow, inside the data folders"),
    ]

    /// A rule of units.
    package static let unit = ObjectSchema(
        [KeySchema("matrix", .map(axis), "axes; one unit for each combination of their values")]
            + singleUnit + limits)

    private static let axis = ValueType.either([.list(.scalar), .object(axisSource)])

    private static let axisSource = ObjectSchema([
        KeySchema("from", .integer(-1_000_000...1_000_000), "first of a run of whole numbers"),
        KeySchema("to", .integer(-1_000_000...1_000_000), "last of a run of whole numbers"),
        KeySchema("step", .integer(1...1_000_000), "distance between numbers; default 1"),
        KeySchema("from_worker", .string, "function of the worker that gives the values"),
        KeySchema("inputs", .oneOrMore(.string), "files that the values depend on"),
    ])

    private static let command = ValueType.either([.string, .list(.string)])
}
