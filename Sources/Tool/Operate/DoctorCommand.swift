import Arguments
import DeployTargets
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import SiteScanner
import Terminal

/// `pipeline doctor`: every precondition in one table, and what to do.
enum DoctorCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "doctor", summary: "look at everything that a run needs, and say what to do",
        discussion:
            "Looks at the programs that stages start, the modules that their Python imports (by importing them, without "
            + "running a program of the project), their inputs, base images, registry, ports and mounts, and at what the "
            + "definition leaves open. Changes nothing. With --fix it asks before each thing that it can fix. Exit status "
            + "1 where something that is needed is missing.\n\nExample: pipeline doctor -e production",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "this environment; default all",
                completion: .dynamic(CompletionKind.environment)),
            .flag("fix", help: "fix what can be fixed, asking before each"),
            .flag("yes", help: "do not ask"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        let names =
            try invocation.arguments.value("environment").map { [$0] }
            ?? project.environmentNames()
        let environments = try names.map { try project.environment($0) }
        var found = try diagnoses(invocation, project, environments)
        if invocation.isJSON {
            invocation.print(DoctorText.json(found).text)
        } else {
            DoctorText.lines(found, invocation.style).forEach(invocation.print)
        }
        if invocation.arguments.flag("fix"),
            try fix(found, invocation, project, environments) == .done
        {
            // What counts is how it is now.
            found = try diagnoses(invocation, project, environments)
        }
        return found.contains { $0.state == .bad } ? .failed : .done
    }

    private static func diagnoses(
        _ invocation: Invocation, _ project: Project, _ environments: [EnvironmentDefinition]
    ) throws -> [Diagnosis] {
        let doctor = Doctor(project, environments, ledger: try invocation.ledger())
        // Most commands are those of several environments.
        var open: [String] = []
        for environment in environments {
            let stages = project.definition.stages
            let lines = try FirstRun(invocation, project, stages, environment: environment).open
            open += lines.filter { !open.contains($0) }
        }
        return try doctor.diagnoses() + submodules(project)
            + ProposalDoctor(project: project, open: open).diagnoses()
    }

    /// A submodule that is not checked out is an empty folder to all stages.
    private static func submodules(_ project: Project) throws -> [Diagnosis] {
        try Submodules.missing(root: project.root).map { path in
            Diagnosis(
                "stages", "submodule", .bad,
                "\"\(path)\" is not checked out, so that what it holds is missing",
                advice: "git submodule update --init")
        }
    }

    private static func fix(
        _ found: [Diagnosis], _ invocation: Invocation, _ project: Project,
        _ environments: [EnvironmentDefinition]
    ) throws -> ExitCode? {
        let wanted = Set(found.compactMap(\.remedy)).filter { remedy in
            Confirmation.isGiven(invocation, remedy.question, word: remedy.word)
        }
        guard !wanted.isEmpty else { return nil }
        return try SessionRunner(invocation, project).run { session in
            for remedy in wanted {
                try Doctor.apply(remedy, project, environments, session)
            }
            return []
        }
    }
}

/// Diagnoses for people and programs.
enum DoctorText {
    static func lines(_ found: [Diagnosis], _ style: Style) -> [String] {
        var lines: [String] = []
        var area = ""
        for diagnosis in found {
            if diagnosis.area != area {
                area = diagnosis.area
                lines += (lines.isEmpty ? [] : [""]) + [style.bold(Format.escaped(area))]
            }
            let mark =
                switch diagnosis.state {
                case .good: style.green("✓")
                case .warning: style.yellow("!")
                case .bad: style.red("✗")
                case .unknown: style.dim("?")
                }
            let subject = Format.escaped(diagnosis.subject)
            let space = String(repeating: " ", count: max(1, 18 - DisplayWidth.of(subject)))
            lines.append("  \(mark) \(subject)\(space)\(Format.escaped(diagnosis.found))")
            if !diagnosis.advice.isEmpty {
                lines.append("      → \(Format.escaped(diagnosis.advice))")
            }
        }
        func count(_ state: Diagnosis.State) -> Int { found.filter { $0.state == state }.count }
        let sums = [
            (count(.bad), "missing"), (count(.warning), "to look at"), (count(.unknown), "unknown"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return lines + ["", sums.isEmpty ? "no problem found" : sums.joined(separator: ", ")]
    }

    static func json(_ found: [Diagnosis]) -> JSONValue {
        .array(
            found.map { diagnosis in
                .object([
                    "area": .string(diagnosis.area), "subject": .string(diagnosis.subject),
                    "state": .string(diagnosis.state.rawValue), "found": .string(diagnosis.found),
                    "advice": .string(diagnosis.advice),
                ])
            })
    }
}
