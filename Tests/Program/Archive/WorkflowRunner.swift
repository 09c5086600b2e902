import Posix
import Processes
import Testing
import YAML

/// Services whose workflow files the guide has.
enum WorkflowService: String, CaseIterable, CustomTestStringConvertible {
    case gitHub = "github-actions.yaml"
    case gitLab = "gitlab-ci.yaml"

    var testDescription: String { rawValue }

    private static let folder =
        #filePath.dropLast("Tests/Program/Archive/WorkflowRunner.swift".count) + "docs/guide/ci/"

    func workflow() throws -> Node {
        try #require(try YAML.parse(FileSystem.readText(Self.folder + rawValue)))
    }

    /// The jobs of the file that run at an event, in the order of their stages, each with its pieces of shell.
    func jobs(at event: WorkflowEvent) throws -> [WorkflowJob] {
        let file = try workflow()
        switch self {
        case .gitHub: return try Self.gitHubJobs(file, event)
        case .gitLab: return try Self.gitLabJobs(file, event)
        }
    }

    private static func gitHubJobs(_ file: Node, _ event: WorkflowEvent) throws -> [WorkflowJob] {
        #expect(file["on"]?[event.gitHubName] != nil, "the workflow starts at \(event.gitHubName)")
        let context = ["github.event_name": event.gitHubName]
        return try (file["jobs"]?.mapping ?? []).compactMap { name, job in
            if let condition = job["if"]?.text, try !holds(condition, context) { return nil }
            let steps = job["steps"]?.sequence ?? []
            try #require(steps.first?["uses"]?.text == "actions/checkout@v4")
            return WorkflowJob(
                name: name.text ?? "", environment: try variables(job["env"], event),
                steps: try steps.dropFirst().map { step in
                    let condition = step["if"]?.text
                    try #require(condition == nil || condition == "always()")
                    return .init(
                        shell: try #require(step["run"]?.text),
                        environment: try variables(step["env"], event),
                        always: condition != nil)
                })
        }
    }

    private static func gitLabJobs(_ file: Node, _ event: WorkflowEvent) throws -> [WorkflowJob] {
        let context = event.gitLabVariables
        let rules = file["workflow"]?["rules"]?.sequence ?? []
        #expect(try rules.contains { try holds($0["if"]?.text ?? "", context) })
        let before = file["default"]?["before_script"]?.sequence ?? []
        return try (file["stages"]?.sequence ?? []).compactMap { stage in
            let name = try #require(stage.text)
            let job = try #require(file[name])
            try #require(job["stage"]?.text == name)
            let own = job["rules"]?.sequence
            if let own, try !own.contains(where: { try holds($0["if"]?.text ?? "", context) }) {
                return nil
            }
            let lines = (before + (job["script"]?.sequence ?? [])).compactMap(\.text)
            return WorkflowJob(
                name: name, environment: try variables(file["variables"], event),
                steps: [
                    .init(shell: lines.joined(separator: "\n"), environment: [:], always: false)
                ])
        }
    }

    /// Whether a condition of the form `A == B` holds.
    private static func holds(_ condition: String, _ context: [String: String]) throws -> Bool {
        let sides = condition.split(separator: " == ").map { side in
            side.hasPrefix("'") || side.hasPrefix("\"")
                ? String(side.dropFirst().dropLast()) : context[String(side)] ?? ""
        }
        try #require(sides.count == 2, "a condition that this runner does not know: \(condition)")
        return sides[0] == sides[1]
    }

    /// Variables with the secrets that an event is given.
    private static func variables(
        _ node: Node?, _ event: WorkflowEvent
    ) throws -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in node?.mapping ?? [] {
            let text = try #require(value.text)
            if text == "${{ secrets.ARCHIVE_KEY }}" {
                found[name.text ?? ""] = event.key ?? ""
            } else {
                try #require(!text.contains("${{"), "an expression that this runner does not know")
                found[name.text ?? ""] = text
            }
        }
        return found
    }
}

/// Why a workflow runs, and what it is given.
struct WorkflowEvent {
    let isRequest: Bool
    /// The private key of the archive; nil for a fork.
    let key: String?

    var gitHubName: String { isRequest ? "pull_request" : "push" }

    var gitLabVariables: [String: String] {
        let common = ["$CI_DEFAULT_BRANCH": "main"]
        let own =
            isRequest
            ? ["$CI_PIPELINE_SOURCE": "merge_request_event"]
            : ["$CI_PIPELINE_SOURCE": "push", "$CI_COMMIT_BRANCH": "main"]
        return common.merging(own) { $1 }
    }
}

struct WorkflowJob {
    struct Step {
        let shell: String
        let environment: [String: String]
        /// Whether it runs after a step that failed.
        let always: Bool
    }
    let name: String
    let environment: [String: String]
    let steps: [Step]

    /// What a job printed, and where it worked.
    struct Outcome {
        var isSuccess = true
        var printed = ""
        /// What it shows to those who review.
        var summary = ""
    }

    /// Runs the job as a runner does: in a clone that was just made, without a terminal.
    ///
    /// - Parameters:
    ///   - home: folder of the runner, which outlives no job.
    ///   - repository: what is cloned.
    func run(
        _ service: WorkflowService, _ event: WorkflowEvent, of repository: String,
        at branch: String,
        home: String
    ) throws -> Outcome {
        let clone = home + "/work"
        try FileSystem.createDirectories(home)
        let cloned = try ProcessRunner.run(
            ProcessCommand(["git", "clone", "-q", "-b", branch, repository, clone]), timeout: 60)
        try #require(cloned.exit.isSuccess, "\(cloned.standardErrorText)")
        var variables: [String: String] = environment
        if service == .gitLab, let key = event.key {
            // A variable of type File is the path of a file.
            try FileSystem.writeAtomically(Array(key.utf8), to: home + "/key", mode: 0o600)
            variables["ARCHIVE_KEY"] = home + "/key"
        }
        var outcome = Outcome()
        for step in steps where outcome.isSuccess || step.always {
            try run(step, &variables, in: clone, home: home, &outcome)
        }
        let summary = home + "/summary"
        if try FileSystem.status(summary) != nil {
            outcome.summary = try FileSystem.readText(summary)
        }
        return outcome
    }

    private func run(
        _ step: Step, _ variables: inout [String: String], in clone: String, home: String,
        _ outcome: inout Outcome
    ) throws {
        let tool = UnitProject.tool
        let folder = tool[..<(tool.lastIndex(of: "/") ?? tool.endIndex)]
        var environment: [String: String?] = [
            "HOME": home, "CI": "true", "GITHUB_ENV": home + "/variables",
            "GITHUB_STEP_SUMMARY": home + "/summary", "SSH_AUTH_SOCK": nil, "SSH_AGENT_PID": nil,
            "PATH": "\(folder):\(Environment.value("PATH") ?? "")",
        ]
        for (name, value) in variables { environment[name] = value }
        for (name, value) in step.environment { environment[name] = value }
        let output = try ProcessRunner.run(
            ProcessCommand(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.shell],
                environment: environment, directory: clone), timeout: 120)
        outcome.isSuccess = outcome.isSuccess && output.exit.isSuccess
        outcome.printed += output.standardOutputText + output.standardErrorText
        let exported = home + "/variables"
        guard try FileSystem.status(exported) != nil else { return }
        for line in try FileSystem.readText(exported).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            variables[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
    }
}
