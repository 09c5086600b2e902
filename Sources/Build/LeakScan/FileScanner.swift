import Digests
import Posix
import Processes

/// Looks at one file: its name, its content, and what is packed in it.
struct FileScanner {
    let dataDigests: Set<Digest>
    let cancel: Cancellation?
    let scratch: String
    /// For another scanner; nil where there is none.
    var folder: ScannerFolder?

    /// How deep archives may lie in each other.
    private static let depth = 6

    /// - Parameters:
    ///   - path: for people and rules; of a packed file that of the archive, `!/` and its own.
    ///   - file: the file of the layer that this is in; nil for the file itself.
    ///   - hasName: whether its name was looked at, as that of the file that it is the only content of.
    /// - Returns: the digest of the content.
    @discardableResult
    func scan(
        _ source: any ByteSource, _ path: String, in file: String? = nil, depth: Int = 0,
        budget: LimitedSource.Budget? = nil, hasName: Bool = false, _ place: inout PlaceScan,
        _ report: inout LeakReport
    ) throws -> Digest {
        let first = place.count
        let peeking = PeekingSource(source)
        let kind = ArchiveKind.of(try peeking.peek(TarHeader.size), path: path)
        let isList = file == nil && PackageFiles.isList(path)
        let keeps = isList || NameRules.words(for: path) != nil
        var kept: [UInt8] = []
        let spool = kind.map { _ in Spool(scratch: scratch) }
        let copy = file == nil ? try folder?.copy(path, of: place.name) : nil
        var scan = FileScan()
        while true {
            let chunk = try peeking.next(1 << 20)
            if chunk.isEmpty { break }
            if cancel?.isCancelled == true { throw ProcessError.interrupted }
            chunk.withUnsafeBytes { scan.add($0) }
            if keeps, kept.count < PackageFiles.most { kept += chunk }
            try spool?.add(chunk)
            copy?.add(chunk)
        }
        let digest = scan.finish()
        try copy?.finish(digest)
        if isList { place.packages.add(path, kept) }
        report.files += 1
        report.bytes += Int64(scan.bytes)
        let outer = file ?? path
        if scan.bytes > 0 {
            if dataDigests.contains(digest) { place.add(.releasedData, path, file: outer) }
            let head = keeps ? kept : scan.head
            if !hasName,
                let rule = NameRules.rule(for: path) ?? NameRules.rule(for: path, head: head)
            {
                place.add(rule, path, file: outer)
            }
            if let kind = KeyForms.binary(scan.head, size: scan.bytes) {
                place.add(.privateKey, path, file: outer, kind)
            }
        }
        let beforeMembers = place.count
        if let kind, let spool {
            let limit = budget ?? LimitedSource.Budget(max(1 << 29, spool.count * 200))
            do {
                try expand(spool, kind, path, outer, depth, limit, &place, &report)
            } catch let failure as ArchiveFailure {
                place.add(.unread, path, file: outer, failure.detail)
            } catch LeakError.damaged(let detail) {
                place.add(.unread, path, file: outer, detail)
            }
        }
        // What lies in an archive as it is, is found there by its own name.
        if place.count == beforeMembers {
            for match in scan.found { place.add(match.rule, path, file: outer, match.detail) }
        }
        if file == nil { place.settle(since: first, digest) }
        return digest
    }

    private func expand(
        _ spool: Spool, _ kind: ArchiveKind, _ path: String, _ outer: String, _ depth: Int,
        _ budget: LimitedSource.Budget, _ place: inout PlaceScan, _ report: inout LeakReport
    ) throws {
        guard depth < Self.depth else { throw ArchiveFailure("it lies in too many others") }
        func look(
            _ source: any ByteSource, _ name: String, hasName: Bool = false,
            _ place: inout PlaceScan, _ report: inout LeakReport
        ) throws {
            try scan(
                LimitedSource(source, budget), name, in: outer, depth: depth + 1, budget: budget,
                hasName: hasName, &place, &report)
        }
        switch kind {
        case .closed(let name): throw ArchiveFailure("\(name) archives cannot be read")
        case .gzip:
            try look(
                try InflateSource(spool.source(), isGzip: true), path, hasName: true, &place,
                &report)
        case .program(let program):
            try unpacked(spool, by: program) {
                try look($0, path, hasName: true, &place, &report)
            }
        case .tar:
            let reader = TarReader(spool.source())
            while let member = try reader.nextFile() {
                let name =
                    member.path.hasPrefix("./") ? String(member.path.dropFirst(2)) : member.path
                if member.isFile { try look(reader, "\(path)!/\(name)", &place, &report) }
            }
        case .zip:
            let reader = try ZipReader(spool)
            for member in reader.members where !member.isDirectory {
                let name = "\(path)!/\(member.name)"
                do {
                    try look(try reader.content(of: member), name, &place, &report)
                } catch let failure as ArchiveFailure where budget.left >= 0 {
                    // The others may be read.
                    place.add(.unread, name, file: outer, failure.detail)
                }
            }
        }
    }

    /// By another program, which is fed from a file: one that is fed and read at once takes two threads.
    func unpacked(
        _ spool: Spool, by program: String, _ body: (any ByteSource) throws -> Void
    ) throws {
        let child: ChildProcess
        do {
            child = try ChildProcess(
                ProcessCommand([program, "-dc", "--", try spool.path()]), standardOutput: .pipe,
                standardError: .null)
        } catch ProcessError.executableNotFound {
            throw ArchiveFailure("\"\(program)\" is not installed")
        }
        defer { child.terminate(grace: 1) }
        try body(DescriptorSource(child.standardOutput ?? -1, cancel))
        guard child.wait().isSuccess else {
            throw ArchiveFailure("it could not be unpacked by \(program)")
        }
    }
}
