import Arguments
import JSON
import PipelineShipping
import Processes
import Slots
import Terminal

/// `pipeline data list`: what lies in an environment's data folder.
enum DataListCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "list", summary: "list an environment's data folder",
        discussion:
            "Paths are relative to the data folder of the environment; the slots are folders in it.\n\n"
            + "Examples:\n  pipeline data list\n  pipeline data list a/data/compiled --recursive",
        positionals: [PositionalSpec("path", .optional, help: "a folder; without it the root")],
        options: [
            DataCommandContext.environmentOption,
            .flag("recursive", short: "r", help: "list all files below, with their total"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let path = try DataCommandContext.path(invocation.arguments.positional("path"))
        return try DataCommandContext.work(invocation, isChange: false) { place, cancel in
            try list(path, place, cancel, invocation)
        }
    }

    private static func list(
        _ path: RelativePath?, _ place: DataCommandContext, _ cancel: Cancellation,
        _ invocation: Invocation
    ) throws -> ExitCode {
        if invocation.arguments.flag("recursive") {
            let tree = try place.data.tree(path) { cancel.isCancelled }
            guard let tree else { throw DataCommandContext.missing(path) }
            show(tree, invocation)
        } else {
            guard let entries = try place.data.entries(of: path) else {
                throw DataCommandContext.missing(path)
            }
            show(entries, invocation)
        }
        return .done
    }

    private static func show(_ tree: RemoteData.Tree, _ invocation: Invocation) {
        let files = tree.files
        if invocation.isJSON {
            let list = files.map {
                JSONValue.object(["path": .string($0.path.text), "size": .int($0.size)])
            }
            return invocation.print(JSONValue.array(list).text)
        }
        for file in files {
            invocation.print(size(file.size) + "  " + Format.escaped(file.path.text))
        }
        for name in tree.foreign {
            invocation.print(DisplayWidth.pad("", to: 9) + "  \(name.text)  (not UTF-8)")
        }
        invocation.tell("\(Format.count(files.count)) files, \(Format.bytes(tree.bytes))")
    }

    private static func show(_ entries: [FolderEntry], _ invocation: Invocation) {
        if invocation.isJSON {
            return invocation.print(JSONValue.array(entries.map(json)).text)
        }
        for entry in entries {
            let name = Format.escaped(entry.name)
            let line =
                switch entry.kind {
                case .file(let bytes): size(bytes) + "  \(name)"
                case .folder: DisplayWidth.pad("", to: 9) + "  \(name)/"
                case .other: DisplayWidth.pad("", to: 9) + "  \(name)  (a link, pipe or device)"
                }
            invocation.print(line)
        }
    }

    private static func size(_ bytes: Int64) -> String {
        let text = Format.bytes(bytes)
        return DisplayWidth.pad("", to: max(0, 9 - text.count)) + text
    }

    private static func json(_ entry: FolderEntry) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(entry.name), "modified": .int(entry.modified),
        ]
        switch entry.kind {
        case .file(let bytes):
            members["kind"] = .string("file")
            members["size"] = .int(bytes)
        case .folder: members["kind"] = .string("folder")
        case .other: members["kind"] = .string("other")
        }
        return .object(members)
    }
}
