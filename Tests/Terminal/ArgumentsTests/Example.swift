import Arguments

/// A program with all that a command line can have.
let example = CommandSpec(
    "pipeline", summary: "Takes results to a running site",
    options: [.value("project", short: "C", "FOLDER", help: "work in this folder")],
    subcommands: [
        CommandSpec(
            "run", summary: "Run stages and what they need",
            discussion: "Does only what changed.\n\n  pipeline run deploy",
            positionals: [PositionalSpec("stage", .repeated(minimum: 0), help: "a stage to run")],
            options: [
                .value("jobs", short: "j", "N", help: "units at a time", default: "2"),
                .value("only", "GLOB", help: "only these units", isRepeated: true),
                .value(
                    "color", "WHEN", help: "use colours",
                    completion: .choices(["always", "never"])),
                .flag("json", help: "print events as JSON"),
                .flag("yes", short: "y", help: "do not ask"),
                .flag("verbose", short: "v", help: "say more"),
                .flag("secret", help: "for tests", isHidden: true),
            ]),
        CommandSpec(
            "config", summary: "Configuration of environments",
            subcommands: [
                CommandSpec(
                    "pull", summary: "Fetch a configuration",
                    positionals: [
                        PositionalSpec("namespace", help: "whose"),
                        PositionalSpec(
                            "stage", .optional, help: "which",
                            completion: .choices(["prod", "test"])),
                    ])
            ]),
        CommandSpec(
            "seek", summary: "Look for files",
            positionals: [PositionalSpec("file", .repeated(minimum: 1), help: "a file")]),
        CommandSpec("internal", summary: "Not for people", isHidden: true),
    ])
