import Digests
import JSON
import Paths
import PipelineModel
import PipelineStore
import Posix

/// Parts of a folder kept in the store, with which of them are programs, so that a release can
/// be laid out again as it was, whatever the working tree holds.
struct KeptFolder {
    let context: ShippingContext

    private struct File {
        let path: String
        let digest: Digest
        let isProgram: Bool

        var line: String {
            JSONText.array(strings: [path, digest.hex, isProgram ? "x" : "-"])
        }
    }

    /// The digest of a folder's listing, which names it; nothing is kept.
    ///
    /// - Parameter parts: which of its entries are meant.
    func digest(_ folder: String, parts: Set<String>) throws -> Digest {
        Digest.of(text(try files(in: folder, parts)))
    }

    /// Keeps these parts of the folder as they are.
    func keep(_ folder: String, parts: Set<String>) throws -> Digest {
        let files = try files(in: folder, parts)
        for file in files {
            let bytes = try FileSystem.read("\(folder)/\(file.path)")
            guard try context.store.keep(bytes) == file.digest else {
                throw ShippingError.contentChanged(path: "\(folder)/\(file.path)")
            }
        }
        return try context.store.keep(Array(text(files).utf8))
    }

    /// Throws where something of a kept folder is missing or damaged; changes nothing.
    func confirm(_ kept: Digest) throws {
        if try FileSystem.status(folder(kept)) != nil { return }
        guard let listing = try context.store.sound(kept) else {
            throw ShippingError.contentLost(path: "files \(kept.short)")
        }
        for line in try FileSystem.readText(listing).split(separator: "\n") {
            let file = try parse(String(line))
            guard try context.store.sound(file.digest) != nil else {
                throw ShippingError.contentLost(path: file.path)
            }
        }
    }

    private func folder(_ kept: Digest) -> String {
        "\(context.environmentFolder)/files/\(kept.short)"
    }

    /// A folder with the kept content, made if it is not there; absolute.
    func checkOut(_ kept: Digest) throws -> String {
        let folder = folder(kept)
        if try FileSystem.status(folder) != nil { return context.absolute(folder) }
        guard let listing = try context.store.verified(kept) else {
            throw ShippingError.contentLost(path: "files \(kept.short)")
        }
        // Under a name of its own first: a folder that is there is whole.
        let aside = FileSystem.temporaryPath(beside: folder)
        try FileSystem.createDirectories(aside)
        for line in try FileSystem.readText(listing).split(separator: "\n") {
            let file = try parse(String(line))
            guard let object = try context.store.verified(file.digest) else {
                throw ShippingError.contentLost(path: file.path)
            }
            let target = "\(aside)/\(file.path)"
            try FileSystem.createDirectories(PathText.folder(target))
            try FileSystem.copy(object, to: target)
            try FileSystem.changeMode(target, to: file.isProgram ? 0o755 : 0o644)
        }
        try FileSystem.rename(aside, to: folder)
        return context.absolute(folder)
    }

    private func text(_ files: [File]) -> String {
        files.map { $0.line + "\n" }.joined()
    }

    private func files(in folder: String, _ parts: Set<String>) throws -> [File] {
        var found: [File] = []
        var waiting = [""]
        while let below = waiting.popLast() {
            for entry in try FileSystem.entries(of: "\(folder)/\(below)") {
                if below.isEmpty, !parts.contains(entry.name) { continue }
                let path = below + entry.name
                let full = "\(folder)/\(path)"
                switch entry.kind {
                case .directory: waiting.append(path + "/")
                case .file:
                    let mode = try FileSystem.status(full)?.mode ?? 0
                    found.append(
                        File(
                            path: path, digest: Digest.of(try FileSystem.read(full)),
                            isProgram: mode & 0o100 != 0))
                case .symbolicLink, .other: throw ShippingError.notAFile(path: full)
                }
            }
        }
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func parse(_ line: String) throws -> File {
        guard
            let parts = try? JSONValue.decode(  // try?: lost content, below
                [String].self, from: line.utf8),
            parts.count == 3, let digest = Digest(hex: parts[1])
        else { throw ShippingError.contentLost(path: line) }
        return File(path: parts[0], digest: digest, isProgram: parts[2] == "x")
    }
}
