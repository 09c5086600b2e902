import JSON
import PipelineShipping
import Posix
import Terminal

/// What of the data is sent, for people and for programs.
struct DataListing {
    let stage: String
    let selection: DataSelection
    /// Each file that is sent with its bytes; one that vanished since it was found has none.
    let files: [(path: String, bytes: Int64)]
    var hidesFiles = false

    init(stage: String, selection: DataSelection) {
        self.stage = stage
        self.selection = selection
        files = selection.files.map { path in
            (path, ((try? FileSystem.status(path)) ?? nil)?.size ?? 0)  // try?: only shown
        }
    }

    private var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }

    func lines(_ style: Style) -> [String] {
        var lines: [String] = []
        if !hidesFiles {
            lines += files.map { path, bytes in
                DisplayWidth.pad(Format.bytes(bytes), to: 8) + "  " + Format.escaped(path)
            }
        }
        lines += selection.leftOut.map { name in
            style.dim("left out  ") + Format.escaped(name.path) + "  "
                + style.dim(Format.escaped(name.reason.text))
        }
        // Names that are not UTF-8 are spelled already.
        lines += selection.refused.map { name in
            style.red("refused") + "   " + SpelledName.plain(name.path) + "  "
                + SpelledName.plain(name.reason.text)
        }
        lines += selection.notes.map { style.yellow("note") + "      " + Format.escaped($0) }
        var totals = "\(stage): \(Format.count(files.count)) files, \(Format.bytes(bytes)) to send"
        totals += ", \(Format.count(selection.leftOut.count)) left out"
        let refused = selection.refused.count
        if refused > 0 { totals += ", \(Format.count(refused)) refused: nothing can be sent" }
        return lines + [style.bold(totals)]
    }

    var json: JSONValue {
        .object([
            "stage": .string(stage),
            "files": .array(
                hidesFiles
                    ? []
                    : files.map { .object(["path": .string($0.path), "bytes": .int($0.bytes)]) }),
            "left_out": .array(selection.leftOut.map { Self.object($0.path, $0.reason.text) }),
            "refused": .array(selection.refused.map { Self.object($0.path, $0.reason.text) }),
            "notes": .strings(selection.notes),
            "totals": .object([
                "files": .int(files.count), "bytes": .int(bytes),
                "left_out": .int(selection.leftOut.count),
                "refused": .int(selection.refused.count),
            ]),
        ])
    }

    private static func object(_ path: String, _ reason: String) -> JSONValue {
        .object(["path": .string(path), "reason": .string(reason)])
    }
}
