import Packs
import Terminal

/// Packs for people.
enum PackText {
    /// `11 files, 2 folders, 2 links, 640 kB`.
    static func counts(_ counts: PackCounts) -> String {
        let parts = [
            (counts.files, "file"), (counts.folders, "folder"), (counts.links, "link"),
        ].filter { $0.0 > 0 || $0.1 == "file" }.map { number, noun in
            "\(Format.count(number)) \(noun)\(number == 1 ? "" : "s")"
        }
        return (parts + [Format.bytes(counts.bytes)]).joined(separator: ", ")
    }

    /// A line for each entry: `-rw-r--r--  6 B  NAME`.
    static func lines(_ entries: [PackEntry], style: Style) -> [String] {
        var table = Table([.init("MODE"), .init("SIZE", .right), .init("NAME")])
        for entry in entries {
            let name = Format.escaped(entry.text)
            switch entry.kind {
            case .folder: table.add([mode("d", entry.mode), "", name + "/"])
            case .file(let bytes): table.add([mode("-", entry.mode), Format.bytes(bytes), name])
            case .other: table.add([mode("?", entry.mode), "", name])
            case .link(let target):
                let text = Format.escaped(String(decoding: target, as: UTF8.self))
                table.add([mode("l", entry.mode), "", "\(name) -> \(text)"])
            }
        }
        return table.render(style: style)
    }

    /// As ls(1) shows it, without the special bits.
    private static func mode(_ kind: String, _ mode: UInt32) -> String {
        kind
            + [8, 7, 6, 5, 4, 3, 2, 1, 0].map { bit in
                mode >> UInt32(bit) & 1 == 0 ? "-" : ["x", "w", "r"][bit % 3]
            }.joined()
    }
}
