import Glibc
import Posix

extension ProcessCommand {
    /// The path to start, or why there is none. posix_spawn(3) has one `ENOENT` for a missing folder, a
    /// missing program and a missing interpreter; so the first two are looked at here.
    package func executable() throws(ProcessError) -> String {
        if let directory, try Self.kind(of: directory) != .directory {
            throw .directoryMissing(directory)
        }
        guard let name = arguments.first, !name.isEmpty else { throw .executableNotFound("") }
        guard !name.utf8.contains(UInt8(ascii: "/")) else {
            guard try Self.kind(of: seenFromHere(name)) == .file else {
                throw .executableNotFound(name)
            }
            return name
        }
        for folder in searchPath.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = folder.isEmpty ? "./\(name)" : "\(folder)/\(name)"
            if isExecutable(seenFromHere(candidate)) { return candidate }
        }
        throw .executableNotFound(name)
    }

    private var searchPath: String {
        // An entry with nil takes the variable away; then the default of execvp(3) counts.
        (environment["PATH"] ?? Environment.value("PATH")) ?? "/bin:/usr/bin"
    }

    // The child changes its directory before it starts the program.
    private func seenFromHere(_ path: String) -> String {
        guard let directory, path.utf8.first != UInt8(ascii: "/") else { return path }
        return "\(directory)/\(path)"
    }

    private func isExecutable(_ path: String) -> Bool {
        // A folder of that name, or one that may not be looked into, is no find (execvp(3)).
        let kind = try? FileSystem.status(path)?.kind  // try?: as execvp(3), it goes on
        guard kind == .file else { return false }
        return access(path, X_OK) == 0
    }

    private static func kind(of path: String) throws(ProcessError) -> FileKind? {
        do { return try FileSystem.status(path)?.kind } catch { throw .system(error) }
    }
}
