import Digests
import Failures
import PipelinePlanning
package import PipelineStore
import Posix

/// A folder as one output: its files, without links and empty folders.
package enum OutputFolder {
    /// The paths of its files relative to it, sorted.
    ///
    /// - Throws: `Failure` for what cannot be kept, `PosixError` for what cannot be listed.
    package static func files(_ folder: String, on disk: any Disk) throws -> [String] {
        var files: [String] = []
        func walk(_ inner: String) throws {
            let path = inner.isEmpty ? folder : "\(folder)/\(inner)"
            for entry in try disk.entries(of: path) {
                let name = inner.isEmpty ? entry.name : "\(inner)/\(entry.name)"
                guard entry.isValidUTF8 else { throw Failure.nameNotUTF8("\(folder)/\(name)") }
                switch entry.kind {
                case .file: files.append(name)
                case .directory: try walk(name)
                case .symbolicLink, .other:
                    throw Failure(
                        "output-not-a-file",
                        "the folder \"\(folder)\" holds \"\(name)\", which is neither a file nor a folder",
                        next: "write a file or a folder of files: a link or a pipe cannot be kept")
                }
            }
        }
        try walk("")
        return files
    }

    /// The digest of all that a folder holds, from the digests of its files by relative path.
    static func digest(_ files: [(name: String, digest: Digest)]) -> Digest {
        ComponentSet(files.map { .init($0.name, $0.digest.hex) }).digest
    }

    /// The parts of a folder among the outputs of an attempt, with their paths relative to it.
    static func parts(
        of folder: String, in outputs: [OutputRecord]
    ) -> [(name: String, record: OutputRecord)] {
        let prefix = folder + "/"
        return outputs.compactMap { output in
            guard output.path.hasPrefix(prefix) else { return nil }
            return (String(output.path.dropFirst(prefix.count)), output)
        }
    }

    /// Makes it and all folders in it readable, whatever the umask.
    static func open(_ folder: String, on disk: any Disk) throws(PosixError) {
        try disk.changeMode(folder, to: 0o755)
        for entry in try disk.entries(of: folder) where entry.kind == .directory {
            try open("\(folder)/\(entry.name)", on: disk)
        }
    }
}
