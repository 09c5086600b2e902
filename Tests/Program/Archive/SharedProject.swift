import Posix

/// A project whose clones share an archive.
enum SharedProject {
    static let definition = """
        project: shared
        archive: { root: ARCHIVE, sign: none }
        stages:
          compile:
            units:
              one: { command: [sh, -c, 'sleep 0.3; cat "$2" > "$1"', x, "{output}", "{input}"], inputs: in.txt, outputs: out/one }
              large: { command: [sh, -c, 'head -c 3000000 /dev/zero | tr "\\\\0" "$(cat "$2")" > "$1"', x, "{output}", "{input}"], inputs: in.txt, outputs: out/large }
              tool: { command: [sh, -c, 'cp "$2" "$1"; chmod +x "$1"', x, "{output}", "{input}"], inputs: out/one, outputs: out/tool }
              folder: { command: [sh, -c, 'mkdir -p "$1/x"; cp "$2" "$1/x/y"', x, "{output}", "{input}"], inputs: out/one, outputs: out/folder }
        """

    /// A clone of the project; all those of one archive are equal.
    static func clone(_ archive: ScratchPlace, _ change: (String) -> String = { $0 })
        throws -> UnitProject
    {
        let text = definition.replacing("ARCHIVE", with: archive.path)
        let project = try UnitProject(change(text))
        try project.write("in.txt", "1")
        return project
    }

    /// Its units, sorted.
    static let units = ["compile/folder", "compile/large", "compile/one", "compile/tool"]
}

/// A folder that is not there yet, and is removed at the end.
final class ScratchPlace {
    let path: String

    init() {
        path = (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-place-\(RandomID.plain())"
    }

    deinit { try? FileSystem.removeTree(path) }

    /// All folders below it, sorted.
    func folders(_ folder: String = "") throws -> [String] {
        let root = folder.isEmpty ? path : "\(path)/\(folder)"
        return try FileSystem.entries(of: root).filter { $0.kind == .directory }.flatMap { entry in
            let whole = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            return try [whole] + folders(whole)
        }.sorted()
    }

    func exists(_ name: String) throws -> Bool { try FileSystem.status("\(path)/\(name)") != nil }

    /// All files below a folder of it, sorted.
    func files(_ folder: String) throws -> [String] {
        let root = "\(path)/\(folder)"
        guard try FileSystem.status(root) != nil else { return [] }
        return try FileSystem.entries(of: root).flatMap { entry -> [String] in
            let whole = "\(folder)/\(entry.name)"
            return try FileSystem.status("\(path)/\(whole)")?.kind == .directory
                ? files(whole) : ["\(path)/\(whole)"]
        }.sorted()
    }
}
