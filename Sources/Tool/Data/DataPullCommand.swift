import Arguments
import Failures
import Paths
import PipelineEngine
import PipelineShipping
import Posix
import Processes
import Slots
import Terminal

/// `pipeline data pull`: fetches from an environment's data folder.
enum DataPullCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "pull", summary: "fetch a file or a folder from an environment's data folder",
        discussion:
            "Each file gets its name once all of it is here; a file that is here already is replaced.\n\n"
            + "Example: pipeline data pull a/data/compiled/circos -o old-circos",
        positionals: [
            PositionalSpec("path", help: "a file or folder, relative to the data folder")
        ],
        options: [
            DataCommandContext.environmentOption,
            .value(
                "output", short: "o", "PATH",
                help: "where to; without it the last name of the path, in this folder",
                completion: .file),
            .flag("dry-run", short: "n", help: "only say what would be fetched"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        // Before the project's folder becomes the current one: the output is relative to the caller's.
        let here = try FileSystem.currentDirectory()
        guard let path = try DataCommandContext.path(invocation.arguments.positional("path")) else {
            throw UsageError(
                "argument-missing", "no file or folder is named", next: "see what is there",
                run: "pipeline data list")
        }
        return try DataCommandContext.work(invocation, isChange: false) { place, cancel in
            try pull(path, here, place, { cancel.isCancelled }, invocation)
        }
    }

    private static func pull(
        _ path: RelativePath, _ here: String, _ place: DataCommandContext,
        _ isInterrupted: () -> Bool, _ invocation: Invocation
    ) throws -> ExitCode {
        guard let tree = try place.data.tree(path, isInterrupted: isInterrupted) else {
            throw DataCommandContext.missing(path)
        }
        let name = path.text.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) }
        let output = invocation.arguments.value("output") ?? (name ?? nil) ?? "data"
        let target = output.hasPrefix("/") ? output : "\(here)/\(output)"
        let files = tree.files.map { (file: $0, to: Self.local($0.path, below: path, at: target)) }
        let bytes = tree.bytes
        for name in tree.foreign {
            invocation.tell("passed over, since its name is not UTF-8: \(name.text)")
        }
        if invocation.arguments.flag("dry-run") {
            for file in files {
                invocation.print(
                    "\(Format.escaped(file.file.path.text)) -> \(Format.escaped(file.to))")
            }
            invocation.tell(
                "would fetch \(Format.count(files.count)) files, \(Format.bytes(bytes))")
            return .done
        }
        for file in files { try FileSystem.createDirectories(PathText.folder(file.to)) }
        let line = TransferLine(isShown: !invocation.isJSON)
        defer { line.finish() }
        var done: Int64 = 0
        try place.data.pull(
            files,
            progress: {
                done += $0
                line.show(
                    TransferProgress(
                        phase: .verifying, filesDone: 0, filesTotal: files.count, bytesDone: done,
                        bytesTotal: bytes, path: nil))
            }, isInterrupted: isInterrupted)
        line.finish()
        invocation.tell(
            "fetched \(Format.count(files.count)) files, \(Format.bytes(bytes)) to "
                + "\"\(Format.escaped(target))\"")
        return .done
    }

    private static func local(
        _ file: RelativePath, below path: RelativePath, at target: String
    ) -> String {
        file == path ? target : target + String(file.text.dropFirst(path.text.count))
    }
}
