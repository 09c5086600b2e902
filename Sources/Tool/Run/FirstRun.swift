import Arguments
import Digests
import Failures
import PipelineEngine
import PipelineModel
import Posix
import Terminal

/// The first run of a definition that `pipeline init` has proposed: the commands that it starts are shown, and started once
/// they are confirmed. What was confirmed is recorded by its digest.
struct FirstRun {
    /// Digests of lines that were confirmed, one a line.
    static let path = "\(Project.statePath)/confirmed-commands"

    private let invocation: Invocation
    private let lines: [String]

    init(
        _ invocation: Invocation, _ project: Project, _ stages: [Stage],
        environment: EnvironmentDefinition?
    ) {
        self.invocation = invocation
        lines =
            project.isProposed
            ? ProposedCommands.lines(project.definition, stages, environment) : []
    }

    /// The lines that nobody has confirmed yet.
    var open: [String] {
        get throws {
            let known = Set(try confirmed())
            return lines.filter { !known.contains(Digest.of($0).hex) }
        }
    }

    /// - Returns: false where a person has answered no.
    /// - Throws: `UsageError` where nobody is there to ask.
    func isConfirmed() throws -> Bool {
        let new = try open
        if new.isEmpty { return true }
        if !invocation.arguments.flag("yes") {
            guard TerminalSize.isTerminal(0), TerminalSize.isTerminal(2) else {
                throw UsageError(
                    "commands-not-confirmed",
                    "\(Project.definitionPath) was proposed by `pipeline init`, and what it starts was not confirmed; "
                        + "nothing was started", said: new,
                    next: "to start these", run: .again(adding: "--yes"))
            }
        }
        invocation.tell(
            "\(Project.definitionPath) was proposed by `pipeline init`. This run starts:")
        for line in new { invocation.tell("  " + Format.escaped(line)) }
        if !invocation.arguments.flag("yes") {
            invocation.tell("Type yes to start them:")
            guard readLine(strippingNewline: true) == "yes" else {
                invocation.tell("nothing was done")
                return false
            }
        }
        try record(Set(try confirmed() + new.map { Digest.of($0).hex }))
        return true
    }

    private func confirmed() throws -> [String] {
        guard try FileSystem.status(Self.path) != nil else { return [] }
        return try FileSystem.readText(Self.path).split(separator: "\n").map(String.init)
    }

    private func record(_ digests: Set<String>) throws {
        try FileSystem.createDirectories(Project.statePath)
        try FileSystem.writeAtomically(
            Array((digests.sorted().joined(separator: "\n") + "\n").utf8), to: Self.path)
    }
}

extension Project {
    /// The environment whose site one of these stages starts; nil where none does.
    func site(_ name: String?, of stages: [Stage]) throws -> EnvironmentDefinition? {
        guard isProposed, stages.contains(where: { $0.kind == .deploy }) else { return nil }
        return try environment(name)
    }
}

/// What stages start, a line each, as a person would type it.
enum ProposedCommands {
    static func lines(
        _ definition: Definition, _ stages: [Stage], _ environment: EnvironmentDefinition?
    ) -> [String] {
        var lines = stages.flatMap { stage in
            words(of: stage, environment).map { "\(stage.name): \($0)" }
        }
        if let notify = definition.notify { lines.append("notify: \(ShellWords.line(notify))") }
        return lines
    }

    private static func words(of stage: Stage, _ environment: EnvironmentDefinition?) -> [String] {
        switch stage.content {
        case .units(let content):
            let variables = content.environment.sorted { $0.key < $1.key }.map {
                "\($0.key)=\($0.value)"
            }
            func line(_ words: [String]) -> String { ShellWords.line(variables + words) }
            let checks = content.templates.compactMap { template -> [String]? in
                guard case .command(let words) = template.limits.check else { return nil }
                return words.map(\.source)
            }
            return ([content.worker].compactMap { $0 } + content.tools).map(line)
                + content.templates.compactMap { $0.command.map { line($0.map(\.source)) } }
                + checks.map(line)
        case .image(let image):
            // A preview builds none.
            if environment?.kind.name == TargetSchema.preview.name { return [] }
            return [
                ShellWords.line(
                    ["docker", "build", "--file", "\(image.context)/\(image.dockerfile)"]
                        + (image.target.map { ["--target", $0] } ?? []) + [image.context])
            ]
        case .deploy:
            guard let site = environment?.site, !site.command.isEmpty else { return [] }
            return [ShellWords.line(site.command.map(\.source))]
        case .push, .sync: return []
        }
    }
}
