import Arguments

/// `pipeline manual`: the manual page, for man(1).
enum ManualCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "manual", summary: "print the manual page, for man",
        discussion:
            "To read it: pipeline manual | man -l -. scripts/install puts it where man finds it.")

    private static func run(_ invocation: Invocation) -> ExitCode {
        let page = CommandLineTool.root.manualPage(
            version: CommandLineTool.version,
            exitCodes: ExitCode.allCases.map { (String($0.rawValue), $0.meaning) },
            files: [
                ("pipeline/pipeline.yaml", "the definition: stages and units"),
                ("pipeline/environments/NAME.yaml", "an environment: where releases run"),
                (".pipeline/ledger.sqlite", "what was done, with what, and how it ended"),
                (".pipeline/store", "results by content"),
                (".pipeline/logs", "what units and programs printed"),
            ])
        invocation.print(String(page.dropLast()))
        return .done
    }
}
