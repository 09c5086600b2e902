import Arguments
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
            + "  pipeline data put data/compiled b/data/compiled --only '*.pkl' --force",
        positionals: [
            PositionalSpec("source", help: "a file or a folder of this machine", completion: .file),
            PositionalSpec(
                "path", .optional,
                help:
                    "the folder that it is put into, for a folder the one it becomes; default: its name"
            ),
        ],
        options: [
            RemotePlace.environmentOption,
            .value("only", "PATTERN", help: "only files whose name matches, such as '*.pkl'"),
            .flag("force", help: "also where a slot says that it holds a release"),
            .flag("dry-run", short: "n", help: "only say what would be sent"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let here = try FileSystem.currentDirectory()
        let source = invocation.arguments.positional("source") ?? ""
        let absolute = source.hasPrefix("/") ? source : "\(here)/\(source)"
        guard let status = try FileSystem.status(absolute) else {
            invocation.tell("pipeline: there is no \"\(Format.escaped(source))\"")
            return .usage
        }
        let path = try RemotePlace.path(invocation.arguments.positional("path"))
        let choice = PutChoice(source: absolute, isFolder: status.kind == .directory, path: path)
        let files = try choice.files(only: invocation.arguments.value("only"))
        guard !files.isEmpty else {
            invocation.tell("pipeline: no file in \"\(Format.escaped(source))\" is to be sent")
            return .failed
        }
        if invocation.arguments.flag("dry-run") {
            for file in files {
                invocation.print(
                    "\(Format.escaped(file.source)) -> \(Format.escaped(file.path.text))")
            }
            invocation.tell("would send \(Format.count(files.count)) files")
            return .done
        }
        return try RemotePlace.work(invocation, isChange: true) { place, cancel in
            let touched = choice.root ?? files[0].path
            if let objection = try place.objection(touched) {
                guard invocation.arguments.flag("force") else {
                    throw Refused(description: objection)
                }
                try place.disown(touched)
            }
            let line = TransferLine(isShown: !invocation.isJSON)
            defer { line.finish() }
            try place.data.put(
                files, progress: { _, _ in },
                isInterrupted: { cancel.isCancelled })
            line.finish()
            invocation.tell("sent \(Format.count(files.count)) files")
            return .done
        }
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }
}

/// Which local files go where.
private struct PutChoice {
    let source: String
    let isFolder: Bool
    let path: RelativePath?

    /// The remote folder that a folder becomes; nil for a file into the top.
    var root: RelativePath? { isFolder ? path ?? name : path }

    private var name: RelativePath? {
        source.utf8.split(separator: UInt8(ascii: "/")).last.flatMap {
            try? RelativePath(String($0) ?? "")
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
        if isFolder {
            try walk(source, root?.text ?? "")
        } else if let name {
            try add(source, path.map { "\($0)/\(name)" } ?? name.text, name.text)
        }
        return found
    }
}
