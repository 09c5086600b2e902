import Digests
import Docker
import Failures
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
package import Processes
import Slots

/// A release as one file that needs neither this program nor an account: image, data, provenance, and a script that runs it.
package struct ReleaseExport {
    private let project: Project
    private let release: ReleaseRecord
    private let cancel: Cancellation
    private let note: @Sendable (RunEvent) -> Void
    private let store = Store(root: Project.storePath)

    package init(
        _ project: Project, _ release: ReleaseRecord, cancel: Cancellation,
        note: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.project = project
        self.release = release
        self.cancel = cancel
        self.note = note
    }

    package struct Outcome: Sendable {
        /// Files of data.
        package let files: Int
        /// Of the whole file.
        package let bytes: Int64
        package let hasImage: Bool
    }

    /// A file of the release: where it stands in the export, and where its content is.
    private struct Part {
        let path: String
        let digest: Digest
        let isExecutable: Bool
        let source: String
    }

    /// Writes the file under another name first: one that has its name is whole.
    ///
    /// - Parameters:
    ///   - path: where nothing is yet.
    ///   - provenance: why there is the release, as JSON.
    /// - Throws: where a part of it cannot be had.
    package func write(
        to path: String, withImage: Bool, provenance: String
    ) throws -> Outcome {
        try bring([release.manifest] + (release.code.map { [$0] } ?? []))
        let manifest = try list(release.manifest, "data")
        let entries = try DataManifest(parsing: manifest).entries
        let data = try parts(
            entries.map { ($0.path.text, $0.digest, false) }, below: "files", inProject: true)
        let code = try codeListing()
        let codeFiles = try parts(
            code.compactMap { line in
                guard case .file(let digest, let isExecutable) = line.content else { return nil }
                return (line.path, digest, isExecutable)
            }, below: "code", inProject: false)
        let temporary = FileSystem.temporaryPath(beside: path)
        let imageFile = temporary + ".image"
        defer {
            try? FileSystem.remove(imageFile)  // try?: ours, made below or not at all
        }
        let image = withImage ? release.image : nil
        if let image { try save(image, to: imageFile) }
        let bytes: Int64
        do {
            try FileSystem.writeAtomically([], to: temporary, mode: 0o644)
            let descriptor = try Descriptors.open(temporary, .append)
            defer { Descriptors.close(descriptor) }
            let tar = TarWriter(descriptor: descriptor, time: release.createdMs / 1000)
            let texts = ExportTexts(
                project: project.definition.project, release: release, files: entries.count,
                hasImage: image != nil)
            let top = texts.folder
            try tar.add("\(top)/README.md", text: texts.readme)
            if image != nil {
                try tar.add("\(top)/run.sh", text: try texts.script, isExecutable: true)
            }
            try tar.add("\(top)/provenance/release.json", text: provenance + "\n")
            try tar.add("\(top)/provenance/manifest.jsonl", text: manifest)
            for part in data + codeFiles {
                if cancel.isCancelled { throw ProcessError.interrupted }
                let added = try tar.add(
                    "\(top)/\(part.path)", file: part.source, isExecutable: part.isExecutable)
                guard added == part.digest else {
                    throw ShippingError.contentLost(path: part.source)
                }
            }
            for line in code {
                if case .link(let target) = line.content {
                    try tar.add("\(top)/code/\(line.path)", linkTo: target)
                }
            }
            if image != nil { _ = try tar.add("\(top)/image.tar", file: imageFile) }
            try tar.finish()
            try FileSystem.synchronize(temporary)
            bytes = try FileSystem.status(temporary)?.size ?? 0  // renaming fails then
            try FileSystem.rename(temporary, to: path)
        } catch {
            try? FileSystem.remove(temporary)  // try?: ours, made above
            throw error
        }
        return Outcome(files: entries.count, bytes: bytes, hasImage: image != nil)
    }

    // MARK: Contents

    /// Fetches contents that the store does not have from the archive.
    private func bring(_ digests: [Digest]) throws {
        var missing: [Digest: Int64] = [:]
        for digest in digests where try !store.contains(digest) { missing[digest] = 0 }
        guard !missing.isEmpty, let archive = project.shared as? ProjectArchive else { return }
        archive.fetch(missing, note: note)
    }

    private func list(_ digest: Digest, _ what: String) throws -> String {
        guard let path = try store.sound(digest) else {
            throw incomplete("the list of its \(what) is")
        }
        return try FileSystem.readText(path)
    }

    /// What a preview runs; nothing for other releases.
    private func codeListing() throws -> [CodeTreeLine] {
        guard release.image == nil, let code = release.code else { return [] }
        return try list(code, "code").split(separator: "\n").map {
            try CodeTreeLine(text: String($0))
        }
    }

    /// - Parameter inProject: whether a file of the project with the same content will do: the store has no copy of data that no
    ///   unit made.
    private func parts(
        _ files: [(path: String, digest: Digest, isExecutable: Bool)], below folder: String,
        inProject: Bool
    ) throws -> [Part] {
        func source(_ path: String, _ digest: Digest) throws -> String? {
            if try store.contains(digest) { return store.path(of: digest) }
            guard inProject, try FileSystem.status(path)?.kind == .file,
                try Digest.ofFile(path).digest == digest
            else { return nil }
            return path
        }
        try bring(
            try files.filter { try source($0.path, $0.digest) == nil }.map(\.digest))
        var lost: [String] = []
        let parts = try files.compactMap { file -> Part? in
            guard let found = try source(file.path, file.digest) else {
                lost.append(file.path)
                return nil
            }
            return Part(
                path: "\(folder)/\(file.path)", digest: file.digest,
                isExecutable: file.isExecutable, source: found)
        }
        guard let first = lost.first else { return parts }
        throw incomplete(lost.count == 1 ? "\(first) is" : "\(lost.count) files (\(first) …) are")
    }

    private func incomplete(_ what: String) -> Failure {
        Failure(
            "release-incomplete",
            "release \(release.number) of \(release.environment) cannot be exported: \(what) neither here nor in an archive",
            next: "export it from the clone that made it")
    }

    // MARK: Image

    private func save(_ image: String, to file: String) throws {
        let engine = DockerEngine()
        do {
            if try engine.image(image, cancel: cancel) == nil {
                try engine.pull(image, cancel: cancel)
            }
            let child = try ChildProcess(
                engine.saving(image), standardOutput: .file(file, append: false),
                standardError: .null)
            defer { child.terminate(grace: 1) }
            let exit = child.wait()
            guard exit.isSuccess else {
                throw DockerError.commandFailed(
                    arguments: DockerCommand.save(image), lines: ["\(exit)"])
            }
        } catch {
            if cancel.isCancelled { throw error }
            throw Failure(
                "export-image",
                "the image of release \(release.number) cannot be had: \(Failure(of: error).headline)",
                next: "start Docker and sign in to the registry, or leave the image out",
                run: .again(adding: "--without-image"))
        }
    }
}
