import Arguments
import PipelineEngine
import PipelineModel
import PipelineShipping
import Terminal

/// `pipeline prune`: images at Amazon's registries that no release needs any more.
enum PruneCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "prune", summary: "delete images at the registry that no release needs any more",
        discussion:
            "Kept are the images of the newest releases, of what is live and what a rollback brings "
            + "back, for this and any other operator, and everything that this project has not pushed. "
            + "What is deleted is listed first. A release whose image is gone can only be made again.",
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment whose repository it is",
                completion: .dynamic(CompletionKind.environment)),
            .value("keep", "N", help: "keep the images of so many releases; default 10"),
            .flag("local", help: "images on this machine that this project has built instead"),
            .flag("dry-run", short: "n", help: "only list"),
            .flag("yes", short: "y", help: "do not ask"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let keep = try invocation.arguments.int("keep", in: 1...10_000) ?? 10
        let project = try invocation.project()
        try invocation.readArchive(project, afresh: true)
        // What is kept for ever must be known.
        try (project.shared as? ProjectArchive)?.mustHaveAnswered()
        if invocation.arguments.flag("local") { return try local(invocation, project, keep) }
        let environment = try project.environment(invocation.arguments.value("environment"))
        let ledger = try invocation.ledger()
        let pruning = try ImagePruning(project, environment, ledger: ledger)
        let plan = try pruning.plan(keep: keep)
        for image in plan.images {
            let size = image.bytes.map(Format.bytes) ?? ""
            invocation.print(
                ([image.digest] + image.tags.map(Format.escaped) + [size]).joined(separator: "  "))
        }
        let count = plan.images.count
        guard count > 0, !invocation.arguments.flag("dry-run") else {
            invocation.tell("\(count) to delete, \(plan.kept) kept")
            return .done
        }
        guard
            Confirmation.isGiven(
                invocation, "\(count) images will be deleted for good, \(plan.kept) stay.",
                word: plan.repository)
        else { return .failed }
        var left: [String: String] = [:]
        let code = try SessionRunner(invocation, project).run { session in
            // While the question stood, a colleague may have made one of them live again.
            let pruning = try ImagePruning(project, environment, ledger: session.reader)
            left = try pruning.delete(plan.within(pruning.plan(keep: keep)), session)
            return []
        }
        for (digest, reason) in left.sorted(by: { $0.key < $1.key }) {
            invocation.tell("\(digest) is still there: \(Format.escaped(reason))")
        }
        return left.isEmpty ? code : .failed
    }

    /// Nothing of other projects, and nothing of Docker's build cache.
    private static func local(
        _ invocation: Invocation, _ project: Project, _ keep: Int
    ) throws -> ExitCode {
        let pruning = LocalImagePruning(project, ledger: try invocation.ledger())
        let plan = try pruning.plan(keep: keep)
        for image in plan.names { invocation.print("\(image.name)  \(image.size)") }
        let count = plan.names.count
        guard count > 0, !invocation.arguments.flag("dry-run") else {
            invocation.tell("\(count) to delete, \(plan.kept) kept")
            return .done
        }
        guard
            Confirmation.isGiven(
                invocation,
                "\(count) names of images on this machine will be deleted, \(plan.kept) stay.",
                word: project.definition.project)
        else { return .failed }
        // While the question stood, a run may have made one of them live again.
        let left = pruning.delete(plan.within(try pruning.plan(keep: keep)))
        for (name, reason) in left.sorted(by: { $0.key < $1.key }) {
            invocation.tell("\(name) is still there: \(Format.escaped(reason))")
        }
        return left.isEmpty ? .done : .failed
    }
}
