import Arguments
import PipelineEngine
import PipelineLedger
import PipelineShipping
import Posix
import Terminal

/// One call of the tool: its arguments, and where it prints.
struct Invocation {
    let arguments: ParsedArguments
    /// The command line as it was typed, without the name of the program.
    let words: [String]
    /// The same as a shell takes it, for the history.
    var commandLine: String { typed.line }

    private var typed: TypedCommand { TypedCommand(words: words, arguments: arguments) }

    var isJSON: Bool { arguments.flag("json") }

    /// Colours for standard output.
    let style: Style
    /// Columns of the terminal; nil when standard output is none.
    let width: Int?

    init(arguments: ParsedArguments, words: [String]) {
        self.arguments = arguments
        self.words = words
        style = Style(isTerminal: TerminalSize.isTerminal(1), environment: Environment.all)
        width = TerminalSize.ofTerminal(1)?.columns
    }

    /// The project that the working directory, or `--project`, lies in.
    func project() throws -> Project {
        var project = try Project.enter(
            from: arguments.value("project") ?? ".", executors: Registry.executors,
            transports: Registry.transportSchemas, archives: Registry.archiveSchemas,
            targets: Registry.targetSchemas)
        project.shared = ProjectArchive(project)
        return project
    }

    /// Reads what is new in the project's archive, where it has one and no run is active: for commands that tell what a run would
    /// do.
    ///
    /// - Parameter afresh: whether a place that has just not answered is asked all the same: for commands that do nothing without it.
    func readArchive(_ project: Project, afresh: Bool = false) throws {
        let tells = self
        try (project.shared as? ProjectArchive)?.refresh(afresh: afresh) { event in
            if case .note(let text) = event { tells.tell(Format.escaped(text)) }
        }
    }

    /// The ledger for reading, which leaves no trace; nil where there is none yet.
    func ledger() throws -> LedgerReader? { try ledger(follows: false) }

    /// - Parameter follows: whether what is written from now on is to be seen.
    func ledger(follows: Bool) throws -> LedgerReader? {
        guard try FileSystem.status(Project.ledgerPath) != nil else { return nil }
        return try LedgerReader(path: Project.ledgerPath, follows: follows)
    }

    /// Prints a line of data to standard output.
    func print(_ line: String) {
        _ = StandardStreams.write(to: 1, line + "\n")
    }

    /// Tells what went wrong.
    var errors: ErrorReport { ErrorReport(isJSON: isJSON, typed: typed) }

    /// Prints a line for people to standard error.
    func tell(_ line: String) {
        _ = StandardStreams.write(to: 2, line + "\n")
    }
}
