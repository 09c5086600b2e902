import Arguments
import Failures
import Paths
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Processes
import Slots
import Terminal

/// `pipeline data put`: sends files into an environment's data folder by hand.
enum DataPutCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "put", summary: "send a file or a folder into an environment's data folder",
        discussion:
            "For data beside the releases, such as packs and reference data; what belongs to a release is "
            + "sent by `pipeline run sync`. Each file gets its name once all of it is there. A slot that "
            + "holds a release is not touched without --force.\n\n"
            + "Examples:\n  pipeline data put genomes.sqfs packs\n"
            + "  pipeline data put data/compiled b/data/compiled --only '*.pkl' --force\n"
            + "  pipeline data put results reference --zip",
        positionals: [
            PositionalSpec("source", help: "a file or a folder of this machine", completion: .file),
            PositionalSpec(
                "path", .optional,
                help:
                    "the folder that it is put into, for a folder the one it becomes; default: its name"
            ),
        ],
        options: [
            DataCommandContext.environmentOption,
            .value("only", "PATTERN", help: "only files whose name matches, such as '*.pkl'"),
            .flag("zip", help: "make one zip file of it first, and send that"),
            .flag("force", help: "also where a slot says that it holds a release"),
            .flag("dry-run", short: "n", help: "only say what would be sent"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let here = try FileSystem.currentDirectory()
        let source = invocation.arguments.positional("source") ?? ""
        let absolute = source.hasPrefix("/") ? source : "\(here)/\(source)"
        guard let status = try FileSystem.status(absolute) else {
            throw UsageError("no-such-file", "there is no \"\(source)\"", next: "check the path")
        }
        let path = try DataCommandContext.path(invocation.arguments.positional("path"))
        let isZipped = invocation.arguments.flag("zip")
        if isZipped, invocation.arguments.value("only") != nil {
            throw UsageError(
                "options-clash",
                "--zip and --only do not go together: one packs all of it, the other leaves files out",
                next: "take one of the two", run: "pipeline data put --help")
        }
        let choice = PutChoice(
            source: absolute, isFolder: status.kind == .directory, path: path, isZipped: isZipped)
        let files = try choice.files(only: invocation.arguments.value("only"))
        guard !files.isEmpty else {
            throw Failure(
                "nothing-to-send", "no file in \"\(source)\" is to be sent",
                next: "check the folder, and --only if it was given")
        }
        if invocation.arguments.flag("dry-run") {
            for file in files {
                invocation.print(
                    "\(Format.escaped(file.source)) -> \(Format.escaped(file.path.text))")
            }
            invocation.tell("would send \(Format.count(files.count)) files")
            return .done
        }
        return try DataCommandContext.work(invocation, isChange: true) { place, cancel in
            let touched = choice.root ?? files[0].path
            if let objection = try place.objection(touched) {
                guard invocation.arguments.flag("force") else {
                    throw Refused(failure: objection)
                }
                try place.invalidateMarker(touched)
            }
            let zip = try isZipped ? Zipped(absolute, cancel) : nil
            let line = TransferLine(isShown: !invocation.isJSON)
            defer { line.finish() }
            try place.data.put(
                zip?.replacing(files) ?? files, progress: { _, _ in },
                isInterrupted: { cancel.isCancelled })
            line.finish()
            invocation.tell("sent \(Format.count(files.count)) files")
            return .done
        }
    }

    /// The zip file in its source's place, for as long as this lives.
    private final class Zipped {
        private let zip: ZipMaking

        init(_ source: String, _ cancel: Cancellation) throws {
            let area = "\(try FileSystem.currentDirectory())/\(Project.statePath)"
            zip = try ZipMaking(of: source, area: area, cancel: cancel)
        }

        func replacing(
            _ files: [(source: String, path: RelativePath)]
        ) -> [(source: String, path: RelativePath)] {
            files.map { (zip.path, $0.path) }
        }
    }

    /// What was to be changed belongs to a release.
    struct Refused: Explained {
        let failure: Failure
        var description: String { failure.text }
    }
}

/// Which local files go where.
private struct PutChoice {
    let source: String
    let isFolder: Bool
    let path: RelativePath?
    /// One file is sent whatever it is, and its name gets the ending.
    let isZipped: Bool

    /// The remote folder that a folder becomes; nil for a file into the top.
    var root: RelativePath? { isFolder && !isZipped ? path ?? name : path }

    private var name: RelativePath? {
        source.utf8.split(separator: UInt8(ascii: "/")).last.flatMap {
            let name = (String($0) ?? "") + (isZipped ? ".zip" : "")
            return try? RelativePath(name)  // try?: then a name has to be typed
        }
    }

    func files(only pattern: String?) throws -> [(source: String, path: RelativePath)] {
        let wanted = pattern.map { PathPattern($0) }
        var found: [(source: String, path: RelativePath)] = []
        func add(_ local: String, _ remote: String, _ name: String) throws {
            guard wanted?.matches(name) ?? true else { return }
            found.append((local, try RelativePath(remote)))
        }
        func walk(_ folder: String, _ remote: String) throws {
            for entry in try FileSystem.entries(of: folder) where entry.isValidUTF8 {
                let (local, there) = ("\(folder)/\(entry.name)", "\(remote)/\(entry.name)")
                switch entry.kind {
                case .directory: try walk(local, there)
                case .file: try add(local, there, entry.name)
                default: continue
                }
            }
        }
        if isZipped, let name {
            found = [(source, try RelativePath(path.map { "\($0)/\(name)" } ?? name.text))]
        } else if isFolder {
            try walk(source, root?.text ?? "")
        } else if let name {
            try add(source, path.map { "\($0)/\(name)" } ?? name.text, name.text)
        }
        return found
    }
}
