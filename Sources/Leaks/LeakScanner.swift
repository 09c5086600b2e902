package import Digests
import Posix
package import Processes

/// Looks for what must not be published: in the files that are sent to build an image, and in every layer
/// of the built one, each by itself, since what a later layer deletes is still in the earlier.
///
/// Fails closed: what cannot be read to its end is an error.
package struct LeakScanner {
    /// Digests of files that are data, whatever they are called.
    package var dataDigests: Set<Digest>
    package var cancel: Cancellation?

    package init(dataDigests: Set<Digest> = [], cancel: Cancellation? = nil) {
        self.dataDigests = dataDigests
        self.cancel = cancel
    }

    /// Files of a folder, by paths relative to it.
    package func scan(files: [String], in root: String, _ report: inout LeakReport) throws {
        for path in files {
            let descriptor = try Descriptors.open("\(root)/\(path)", .read)
            defer { Descriptors.close(descriptor) }
            try scan(DescriptorSource(descriptor, cancel), path, "context", &report)
        }
    }

    /// An image of the Docker engine, as `docker save` gives it.
    ///
    /// - Parameter command: the command that writes the archive.
    package func scan(
        image command: ProcessCommand, scratch: String, _ report: inout LeakReport
    ) throws {
        let child = try ChildProcess(command, standardOutput: .pipe, standardError: .null)
        defer { child.terminate(grace: 1) }
        let source = DescriptorSource(child.standardOutput ?? -1, cancel)
        try scan(archive: TarReader(source), scratch: scratch, &report)
        let exit = child.wait()
        guard exit.isSuccess else { throw LeakError.notSaved("\(exit)") }
    }

    /// The archive of an image: layers are archives in it, and what else there is says how it was built
    /// (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
    func scan(archive: TarReader, scratch: String, _ report: inout LeakReport) throws {
        var layers = 0
        while let entry = try archive.nextFile() {
            guard entry.isFile, entry.bytes > 0 else { continue }
            let name = Self.short(entry.path)
            let source = PeekingSource(archive)
            let head = try source.peek(TarHeader.size)
            switch Self.form(of: head) {
            case .tar:
                layers += 1
                try scan(layer: TarReader(source), name, &report)
            case .packed(let program):
                layers += 1
                try unpacked(source, by: program, scratch: scratch) {
                    try scan(layer: TarReader($0), name, &report)
                }
            case .other: try scan(source, entry.path, "image", &report)
            }
        }
        guard layers > 0 else { throw LeakError.noLayers }
        report.layers += layers
    }

    private func scan(layer: TarReader, _ name: String, _ report: inout LeakReport) throws {
        while let file = try layer.nextFile() {
            guard file.isFile else { continue }
            let path = file.path.hasPrefix("./") ? String(file.path.dropFirst(2)) : file.path
            try scan(layer, path, name, &report)
        }
    }

    private func scan(
        _ source: any ByteSource, _ path: String, _ place: String, _ report: inout LeakReport
    ) throws {
        var scan = FileScan()
        while true {
            let chunk = try source.next(1 << 20)
            if chunk.isEmpty { break }
            chunk.withUnsafeBytes { scan.add($0) }
        }
        let digest = scan.finish()
        report.files += 1
        report.bytes += Int64(scan.bytes)
        if scan.bytes > 0, dataDigests.contains(digest) {
            report.findings.append(LeakFinding(rule: .releasedData, place: place, path: path))
        }
        if scan.bytes > 0, let rule = NameRules.rule(for: path) {
            report.findings.append(LeakFinding(rule: rule, place: place, path: path))
        }
        // Libraries bring keys to be tested with, which open nothing.
        let isInstalled = NameRules.isInstalled(path)
        for match in scan.matches where !(isInstalled && match.rule == .privateKey) {
            report.findings.append(
                LeakFinding(rule: match.rule, place: place, path: path, excerpt: match.excerpt))
        }
    }

    private enum Form {
        case tar
        case packed(String)
        case other
    }

    private static func form(of head: [UInt8]) -> Form {
        if head.starts(with: [0x1F, 0x8B]) { return .packed("gzip") }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .packed("zstd") }
        if head.count == TarHeader.size {
            if head.allSatisfy({ $0 == 0 }) { return .tar }
            if head.withUnsafeBytes({ TarHeader($0) }) != nil { return .tar }
        }
        return .other
    }

    /// Unpacks through a file: a layer may be larger than memory, and a program is fed and read at once
    /// only with more than one thread.
    private func unpacked(
        _ source: any ByteSource, by program: String, scratch: String,
        _ body: (any ByteSource) throws -> Void
    ) throws {
        let file = FileSystem.asidePath(beside: "\(scratch)/layer")
        defer { try? FileSystem.remove(file) }
        let descriptor = try Descriptors.open(file, .replace, mode: 0o600)
        do {
            defer { Descriptors.close(descriptor) }
            while true {
                let chunk = try source.next(1 << 20)
                if chunk.isEmpty { break }
                try Descriptors.write(chunk, to: descriptor, path: file)
            }
        }
        let child = try ChildProcess(
            ProcessCommand([program, "-dc", "--", file]), standardOutput: .pipe,
            standardError: .null)
        defer { child.terminate(grace: 1) }
        try body(DescriptorSource(child.standardOutput ?? -1, cancel))
        guard child.wait().isSuccess else {
            throw LeakError.damaged("a layer could not be unpacked by \(program)")
        }
    }

    /// `layer 3f2a…` of `blobs/sha256/3f2a…` or `3f2a…/layer.tar`.
    private static func short(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0.count >= 32 }
        return "layer " + (parts.last.map { String($0.prefix(12)) } ?? path)
    }
}
