import FoundationEssentials
import Posix
import Processes
import Testing

/// Errors in the one shape, as the built program tells them and as `docs/errors.md` shows them.
struct ErrorTests {
    @Test(
        "each error is reported with its code and what to do, as the catalogue shows it",
        arguments: ErrorCase.all)
    func happens(_ wanted: ErrorCase) throws {
        let (output, project) = try produce(wanted)
        let told = try Self.block(wanted.code, of: output, in: project)
        let command = "pipeline " + wanted.words.joined(separator: " ")
        if ErrorExamples.isGenerating, !wanted.varies {
            try ErrorExamples.write(wanted.code, command: command, told)
        }
        let shown = try ErrorExamples.of(wanted.code)
        #expect(output.exit == .exited(wanted.exit), "\(told)")
        #expect(shown.first == "$ " + command)
        if wanted.varies {
            #expect(told.last == shown.last, "\(told.joined(separator: "\n"))")
        } else {
            #expect(told == Array(shown.dropFirst()), "\(told.joined(separator: "\n"))")
        }
    }

    @Test("with --json an error is one object with the same fields")
    func json() throws {
        let project = try UnitProject(.plain)
        let output = try project.tool("run", "complie", "--json", "-e", "lab")
        let told = try JSONDecoder().decode(
            TaskReport.self, from: Data(output.standardErrorText.utf8))
        #expect(output.exit == .exited(2) && output.standardOutput.isEmpty)
        #expect(told.error == "no-such-stage" && told.next == "did you mean \"compile\"?")
        #expect(told.command == "pipeline run compile --json -e lab")
        try project.write("pipeline/pipeline.yaml", "project: p\nstagse: {}\n")
        let wrong = try project.tool("plan", "--json").standardErrorText.split(separator: "\n")
        let places = try wrong.map {
            try JSONDecoder().decode(TaskReport.self, from: Data($0.utf8))
        }.flatMap(\.at)
        #expect(wrong.count == 2 && places.contains { $0.line == 2 && $0.column == 1 }, "\(wrong)")
        #expect(places.allSatisfy { $0.file == "pipeline/pipeline.yaml" })
    }

    @Test("the next command replaces what was given before, and is quoted for a shell")
    func nextCommand() throws {
        let project = try UnitProject(.site)
        try project.write(
            "pipeline/environments/my lab.yaml",
            "kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n")
        for number in 0..<100 { try project.write("out/\(number)", "x") }
        #expect(try project.tool("run", "sync", "-e", "my lab").exit == .exited(0))
        _ = try project.shell("rm out/??")
        let storm = try project.tool("run", "sync", "--max-delete", "3", "-e", "my lab")
        #expect(
            storm.standardErrorText.contains(
                "        pipeline run sync -e 'my lab' --max-delete 90\n"),
            "\(storm.standardErrorText)")
    }

    @Test("colours are for terminals, and NO_COLOR is honoured")
    func colours() throws {
        let project = try UnitProject(.plain)
        let line = "\(UnitProject.tool) run complie"
        let shown = try Self.onTerminal(line, project, environment: ["NO_COLOR": nil])
        #expect(shown.contains("\u{1B}[31m[no-such-stage]"), "\(shown.debugDescription)")
        #expect(shown.contains("pipeline explain no-such-stage"))
        let plain = try Self.onTerminal(line, project, environment: ["NO_COLOR": "1"])
        #expect(plain.contains("error[no-such-stage]") && !plain.contains("\u{1B}"))
        #expect(try !project.tool("run", "complie").standardErrorText.contains("\u{1B}"))
    }

    @Test("an error is explained by its code, outside of any project")
    func explained() throws {
        let one = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "explain", "delete-storm"], directory: "/"))
        #expect(one.exit == .exited(0))
        #expect(one.standardOutputText.contains("error[delete-storm]"))
        #expect(one.standardOutputText.contains("What to do."))
        let former = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "explain", "slurm-alone"], directory: "/"))
        #expect(former.standardOutputText.contains("error[task-alone]"))
        #expect(former.standardErrorText.contains("\"slurm-alone\" was renamed to \"task-alone\""))
        let all = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "explain", "--json"], directory: "/"))
        let codes = try JSONDecoder().decode([String].self, from: Data(all.standardOutput))
        #expect(try Set(codes) == Set(ErrorExamples.all().keys))
        #expect(Set(ErrorCase.all.map(\.code)).isSubset(of: codes))
    }

    private struct TaskReport: Decodable {
        struct Place: Decodable {
            let file: String?
            let line: Int?
            let column: Int?
        }
        let error: String
        let at: [Place]
        let next: String?
        let command: String?
    }

    private func produce(_ wanted: ErrorCase) throws -> (ProcessOutput, UnitProject) {
        let project = try UnitProject(wanted.definition)
        _ = try ProcessRunner.run(
            ProcessCommand(
                ["sh", "-c", wanted.setup], environment: ["PIPELINE": UnitProject.tool],
                directory: project.root), timeout: 60)
        let words = wanted.words.map { $0.replacing("$ROOT", with: project.root) }
        let output = try project.tool(
            arguments: words,
            environment: wanted.environment.mapValues {
                $0.replacing("$ROOT", with: project.root)
            })
        return (output, project)
    }

    /// What is reported of the error, as far as an empty line.
    private static func block(
        _ code: String, of output: ProcessOutput, in project: UnitProject
    ) throws -> [String] {
        let lines = output.standardErrorText.replacing(project.root, with: "/project")
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(
            lines.firstIndex { $0.hasPrefix("error[\(code)]: ") }, "\(output.standardErrorText)")
        return Array(lines[start...].prefix { !$0.isEmpty })
    }

    /// Runs a line of a shell on a terminal of its own, and returns what that shows.
    static func onTerminal(
        _ line: String, _ project: UnitProject, environment: [String: String?] = [:]
    ) throws -> String {
        try ProcessRunner.run(
            ProcessCommand(
                ["script", "-qec", line, "/dev/null"],
                environment: environment.merging(["TERM": "xterm"]) { given, _ in given },
                directory: project.root), timeout: 120
        ).standardOutputText
    }
}
