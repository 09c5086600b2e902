import Posix

/// The files of this checkout, by paths relative to its root.
enum Repository {
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    static func text(_ path: String) throws -> String {
        try FileSystem.readText("\(root)/\(path)")
    }

    static func exists(_ path: String) throws -> Bool {
        try FileSystem.status("\(root)/\(path)") != nil
    }

    /// Paths of all pages for people: the README and everything below `docs` that ends in `.md`.
    static func pages() throws -> [String] {
        try ["README.md"] + below("docs").filter { $0.hasSuffix(".md") }
    }

    /// Paths of all sources of the program.
    static func swiftSources() throws -> [String] {
        try below("Sources").filter { $0.hasSuffix(".swift") }
    }

    private static func below(_ folder: String) throws -> [String] {
        try FileSystem.entries(of: "\(root)/\(folder)").flatMap { entry in
            let path = "\(folder)/\(entry.name)"
            return entry.kind == .directory ? try below(path) : [path]
        }
    }
}
