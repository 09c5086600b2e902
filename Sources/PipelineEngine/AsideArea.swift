import Posix

/// Where units write before their outputs count: one folder for each attempt, one folder in it for
/// each output, on the file system of the output, so that publishing is one rename.
struct AsideArea {
    private var stateDevice: UInt64?
    private var roots: [String: String] = [:]

    /// The paths that the unit writes instead of its outputs.
    mutating func prepare(attempt: Int64, outputs: [String]) throws(PosixError) -> [String] {
        var paths: [String] = []
        for (index, output) in outputs.enumerated() {
            let folder = try root(for: output) + "/\(attempt)/\(index)"
            try FileSystem.createDirectories(folder)
            paths.append("\(folder)/\(Self.name(of: output))")
        }
        return paths
    }

    /// Removes what an attempt left.
    mutating func clear(attempt: Int64, outputs: [String]) {
        var cleared: Set<String> = []
        for output in outputs {
            guard let root = try? root(for: output), cleared.insert(root).inserted else { continue }
            try? FileSystem.removeTree("\(root)/\(attempt)")
        }
    }

    /// Removes what killed runs left, of these outputs' places.
    mutating func clearAll(outputs: some Sequence<String>) throws(PosixError) {
        var roots: Set<String> = [Project.asidePath]
        for output in outputs { roots.insert(try root(for: output)) }
        for root in roots { try FileSystem.removeTree(root) }
    }

    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// `.pipeline/aside`, or a folder of the same name at the top of the output's file system.
    private mutating func root(for output: String) throws(PosixError) -> String {
        let folder = Self.folder(of: output)
        if let root = roots[folder] { return root }
        try FileSystem.createDirectories(folder)
        let device = try FileSystem.status(folder)?.device
        if stateDevice == nil { stateDevice = try FileSystem.status(Project.statePath)?.device }
        var root = Project.asidePath
        if device != stateDevice {
            var top = folder
            while try FileSystem.status(Self.folder(of: top))?.device == device, top != "." {
                top = Self.folder(of: top)
            }
            root = "\(top)/.pipeline-aside"
        }
        roots[folder] = root
        return root
    }
}
