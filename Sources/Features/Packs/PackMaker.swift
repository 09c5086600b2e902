package import Digests
import Posix
package import Processes

/// Makes packs, and compares them with what they are to hold.
package struct PackMaker: Sendable {
    private let cancel: Cancellation?

    package init(cancel: Cancellation? = nil) { self.cancel = cancel }

    /// What was made.
    package struct Pack: Sendable {
        package let path: String
        /// Of the pack as a file.
        package let digest: FileDigest
        package let counts: PackCounts
    }

    /// Makes a pack of all that is in a folder or an archive.
    ///
    /// It is written to a temporary path, then read back and compared with the source by digest, synchronised, and only
    /// then gets its name, replacing an older pack. Killed at any point, the old pack or the new one is
    /// there; what lies there is overwritten the next time.
    ///
    /// - Parameter time: seconds since 1970, of all that is in the pack.
    package func make(
        _ source: String, output: String, compression: Compression, time: UInt32 = 0
    ) throws(PackError) -> Pack {
        let source = try Self.source(source)
        let place = try PackPlace(output)
        do throws(PackError) {
            if case .folder(let path) = source, place.lies(in: path) {
                throw PackError.outputInsideSource(output)
            }
            try place.clearScratch()
            return try make(source, at: place, compression, time)
        } catch {
            place.clear()
            throw error
        }
    }

    private func make(
        _ source: Source, at place: borrowing PackPlace, _ compression: Compression, _ time: UInt32
    ) throws(PackError) -> Pack {
        let (aside, scratch) = (place.aside, place.scratch)
        let made = try unpacked(source, scratch) { folder throws(PackError) in
            let content = try SourceTree.content(of: folder, isCancelled: isCancelled)
            try write(folder, aside, compression, time)
            let differences = content.differences(
                in: try PackReader(cancel: cancel).content(of: aside))
            guard differences.isEmpty else { throw .differs(differences) }
            let digest = try PackError.from { () throws(PosixError) in
                try Digest.ofFile(aside)
            }
            return Pack(path: place.output, digest: digest, counts: content.counts)
        }
        try place.publish()
        return made
    }

    /// Reads all of a pack and compares it with a folder or an archive; none are found when they are equal.
    ///
    /// - Parameter scratch: a path that is free, for what an archive holds; removed at the end.
    package func compare(
        _ pack: String, with source: String, scratch: String
    ) throws(PackError) -> (pack: PackContent, differences: [PackDifference]) {
        let found = try PackReader(cancel: cancel).content(of: pack)
        let expected = try unpacked(Self.source(source), scratch) { folder throws(PackError) in
            try SourceTree.content(of: folder, isCancelled: isCancelled)
        }
        return (found, expected.differences(in: found))
    }

    /// The name that a pack of this source has unless another is given: `NAME.sqfs`, in the current folder.
    package static func defaultName(for source: String) -> String {
        let name = source.split(separator: "/").last.map(String.init) ?? "pack"
        return "\(Archive.stem(of: name) ?? name).sqfs"
    }

    private enum Source {
        /// By its real path.
        case folder(String)
        case archive(String)
    }

    private static func source(_ path: String) throws(PackError) -> Source {
        let status = try PackError.from { () throws(PosixError) in try FileSystem.status(path) }
        let real = try PackError.from { () throws(PosixError) in
            status == nil ? "" : try FileSystem.realPath(path)
        }
        switch status?.kind {
        case nil: throw .sourceMissing(path)
        case .directory: return .folder(real)
        case .file where Archive.stem(of: path) != nil: return .archive(real)
        default: throw .unsupportedSource(path)
        }
    }

    private func unpacked<Value>(
        _ source: Source, _ scratch: String, _ body: (String) throws(PackError) -> Value
    ) throws(PackError) -> Value {
        switch source {
        case .folder(let path): return try body(path)
        case .archive(let path):
            defer { try? FileSystem.removeTree(scratch) }  // try?: ours by its name; cleared later
            try PackError.from { () throws(PosixError) in
                // Ours: by its name; a killed pack has left it.
                try FileSystem.removeTree(scratch)
                try FileSystem.createDirectories(scratch, mode: 0o700)
            }
            try Archive.unpack(path, into: scratch, cancel: cancel)
            let folder = try PackError.from { () throws(PosixError) in
                try Archive.content(of: scratch)
            }
            return try body(folder)
        }
    }

    private func write(
        _ folder: String, _ aside: String, _ compression: Compression, _ time: UInt32
    ) throws(PackError) {
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                SquashfsTools.make(
                    folder: folder, output: aside, compression: compression, time: time),
                cancel: cancel)
        } catch {
            throw PackError(error, tool: "mksquashfs", package: SquashfsTools.package)
        }
        guard output.exit.isSuccess else {
            throw .toolFailed(
                tool: "mksquashfs", detail: ToolStream.detail(output.standardError, output.exit))
        }
    }

    private var isCancelled: @Sendable () -> Bool {
        { [cancel] in cancel?.isCancelled ?? false }
    }
}
