package import Digests
import JSON
import Posix
package import Processes

/// Looks for what must not be published: in the files that are sent to build an image, and in every layer
/// of the built one, each by itself, since what a later layer deletes is still in the earlier.
///
/// Fails closed: what cannot be read to its end is a finding, or an error.
package struct LeakScanner {
    /// Changes with the rules: what was looked at by other ones is looked at again.
    package static let version = "2"

    /// Digests of files that are data, whatever they are called.
    package var dataDigests: Set<Digest>
    /// How many layers of the image are those of the image that it is built on; nil where nobody knows, and
    /// then all are this build's.
    package var baseLayers: Int?
    package var cancel: Cancellation?
    /// Gets copies of what another scanner is to look at; nil where there is none.
    package var folder: ScannerFolder?

    package init(
        dataDigests: Set<Digest> = [], baseLayers: Int? = nil, cancel: Cancellation? = nil
    ) {
        self.dataDigests = dataDigests
        self.baseLayers = baseLayers
        self.cancel = cancel
    }

    private func scanner(_ scratch: String) -> FileScanner {
        FileScanner(
            dataDigests: dataDigests, cancel: cancel, scratch: scratch, folder: folder)
    }

    /// Files of a folder, by paths relative to it. One that cannot be read is a finding.
    package func scan(
        files: [String], in root: String, scratch: String, _ report: inout LeakReport
    ) throws {
        var place = PlaceScan("context")
        for path in files {
            let descriptor: Int32
            do { descriptor = try Descriptors.open("\(root)/\(path)", .read) } catch {
                place.add(.unread, path, file: path, "\(error)")
                continue
            }
            defer { Descriptors.close(descriptor) }
            try scanner(scratch).scan(
                DescriptorSource(descriptor, cancel), path, &place, &report)
        }
        let found = place.findings()
        report.findings += found.open + found.ifOwn
        try folder?.leaveOut(place.name, ownedBy: &place.packages)
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
        var seen: Set<String> = []
        var layers = 0
        var manifest: ImageManifest?
        /// What is no finding in a layer of the base image, by the layer's path.
        var ifOwn: [(layer: String, findings: [LeakFinding])] = []
        while let entry = try archive.nextFile() {
            seen.insert(entry.path)
            guard entry.isFile, entry.bytes > 0 else { continue }
            let source = PeekingSource(archive)
            var place = PlaceScan(Self.short(entry.path))
            switch Self.form(of: try source.peek(TarHeader.size)) {
            case .tar: try scan(layer: TarReader(source), scratch, &place, &report)
            case .gzip:
                try unpacked(place.name) {
                    try scan(
                        layer: TarReader(try InflateSource(source, isGzip: true)), scratch, &place,
                        &report)
                }
            case .packed(let program):
                let spool = Spool(scratch: scratch)
                while true {
                    let chunk = try source.next(1 << 20)
                    if chunk.isEmpty { break }
                    try spool.add(chunk)
                }
                try unpacked(place.name) {
                    try scanner(scratch).unpacked(spool, by: program) {
                        try scan(layer: TarReader($0), scratch, &place, &report)
                    }
                }
            case .other:
                let bytes = try Self.all(source)
                if entry.path == "manifest.json" { manifest = try ImageManifest(bytes) }
                try scan(record: bytes, entry.path, scratch, &report)
                continue
            }
            layers += 1
            let found = place.findings()
            report.findings += found.open
            try folder?.leaveOut(place.name, ownedBy: &place.packages)
            ifOwn.append((entry.path, found.ifOwn))
        }
        guard layers > 0 else { throw LeakError.noLayers }
        report.layers += layers
        let listed = manifest?.layers ?? []
        if let missing = listed.first(where: { !seen.contains($0) }) {
            throw LeakError.damaged("layer \(missing) is missing")
        }
        let base = Set(listed.prefix(baseLayers ?? 0))
        report.baseLayers += base.count
        for layer in base { try folder?.leaveOut(Self.short(layer)) }
        for (layer, findings) in ifOwn where !base.contains(layer) { report.findings += findings }
    }

    private func unpacked(_ layer: String, _ body: () throws -> Void) throws {
        do { try body() } catch let failure as ArchiveFailure {
            throw LeakError.damaged("\(layer): \(failure.detail)")
        }
    }

    private func scan(
        layer: TarReader, _ scratch: String, _ place: inout PlaceScan, _ report: inout LeakReport
    ) throws {
        while let file = try layer.nextFile() {
            let path = file.path.hasPrefix("./") ? String(file.path.dropFirst(2)) : file.path
            if file.isHardLink, let rule = NameRules.rule(for: path) {
                // The content was looked at under its other name.
                place.add(rule, path, file: path)
            }
            guard file.isFile else { continue }
            try scanner(scratch).scan(layer, path, &place, &report)
        }
    }

    /// What is neither a layer nor a list of them: the image's record of its build, or another file.
    private func scan(
        record bytes: [UInt8], _ path: String, _ scratch: String, _ report: inout LeakReport
    ) throws {
        var place = PlaceScan("image")
        try scanner(scratch).scan(BytesSource(bytes), path, &place, &report)
        let whole = place.findings()
        guard let record = BuildRecord(bytes) else {
            report.findings += whole.open + whole.ifOwn
            return
        }
        var found: [LeakFinding] = []
        for part in record.parts {
            var place = PlaceScan("image")
            var ignored = LeakReport()
            try scanner(scratch).scan(
                BytesSource(Array(part.text.utf8)), part.name, &place, &ignored)
            found += place.findings().open
            for name in BuildRecord.secretNames(in: part.text) {
                found.append(
                    LeakFinding(rule: .buildSecret, place: "image", path: part.name, detail: name))
            }
        }
        // Where a part of the record has it, the record as a whole need not.
        found += whole.open.filter { finding in !found.contains { $0.rule == finding.rule } }
        for finding in found where !report.findings.contains(finding) {
            report.findings.append(finding)
        }
    }

    private enum Form {
        case tar, gzip, other
        case packed(String)
    }

    private static func form(of head: [UInt8]) -> Form {
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .packed("zstd") }
        if head.count == TarHeader.size {
            if head.allSatisfy({ $0 == 0 }) { return .tar }
            if head.withUnsafeBytes({ TarHeader($0) }) != nil { return .tar }
        }
        return .other
    }

    private static func all(_ source: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try source.next(1 << 20)
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count < 256 << 20 else {
                throw LeakError.damaged("a file of its record is too long")
            }
        }
    }

    /// `layer 3f2a…` of `blobs/sha256/3f2a…` or `3f2a…/layer.tar`.
    private static func short(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0.count >= 32 }
        return "layer " + (parts.last.map { String($0.prefix(12)) } ?? path)
    }
}

/// The list of an archive's layers, the base image's first.
private struct ImageManifest {
    let layers: [String]

    init(_ bytes: [UInt8]) throws {
        struct Entry: Decodable {
            let layers: [String]?
            enum CodingKeys: String, CodingKey { case layers = "Layers" }
        }
        do {
            layers = try JSONValue.decode([Entry].self, from: bytes)
                .flatMap { $0.layers ?? [] }
        } catch { throw LeakError.damaged("its list of layers cannot be read") }
    }
}
