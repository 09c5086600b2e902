import ArchiveHistory
package import Digests
import JSON
package import PipelineLedger
package import Slots

/// The history, and the small files beside it.
extension ArchiveVerifying {
    /// What there is of these, to be read by `read(history:)`.
    package struct Listed: Sendable {
        /// Segments, by their paths.
        var segments: [String: SegmentFile] = [:]
        var sizes: [SegmentFile: Int64] = [:]
        /// Numbers of releases, by their paths.
        var numbers: [String: (environment: String, number: Int64)] = [:]

        package var paths: [String] { Array(segments.keys) + Array(numbers.keys) }
    }

    /// Looks at names and sizes by a listing of each folder.
    ///
    /// - Parameter known: all segments that were read.
    package func look(
        history known: [KnownSegment], into outcome: inout Outcome
    ) throws -> Listed {
        let entries = try place.reaching {
            try self.place.folder(ArchivePlace.history).entries(of: nil)
        }
        var sizes: [String: Int64] = [:]
        for entry in entries ?? [] {  // none was written yet
            if case .file(let size) = entry.kind { sizes[entry.name] = size }
        }
        var listed = Listed()
        for name in sizes.keys.sorted() where !SlotNames.isAside(name) {
            if let file = SegmentFile(name: name) {
                listed.segments[Self.path(name)] = file
                listed.sizes[file] = sizes[name]
            } else if SegmentFile(name: Self.signed(name)) == nil {
                outcome.findings.append(
                    Finding(path: Self.path(name), kind: .unnamed, objects: []))
            }
        }
        outcome.files += known.count
        for segment in known {
            let path = Self.path(segment.file.name)
            if segment.refused != nil {
                guard listed.segments[path] != nil else { continue }
                outcome.findings.append(Finding(path: path, kind: .refused, objects: []))
            } else if sizes[segment.file.name] != segment.bytes {
                listed.segments[path] = nil
                let kind = sizes[segment.file.name] == nil ? Finding.Kind.missing : .size
                outcome.findings.append(Finding(path: path, kind: kind, objects: [segment.object]))
            } else if isSigned, sizes["\(segment.file.name).sig"] == nil,
                // One from before the project asked for signatures has none.
                try copies.signature(of: segment.file) != nil
            {
                outcome.findings.append(
                    Finding(path: "\(path).sig", kind: .missing, objects: [segment.object]))
            }
        }
        listed.numbers = try numbers()
        outcome.files += listed.numbers.count
        return listed
    }

    private var isSigned: Bool { signatures.areRequired }

    private static func path(_ name: String) -> String { "\(ArchivePlace.history)/\(name)" }

    /// The segment's name of a signature's; any other name for any other file.
    private static func signed(_ name: String) -> String {
        name.hasSuffix(".sig") ? String(name.dropLast(4)) : ""
    }

    private func numbers() throws -> [String: (environment: String, number: Int64)] {
        let releases = ReleaseNumbers.releases
        let folders = try place.reaching { try self.place.folder(releases).entries(of: nil) }
        var found: [String: (environment: String, number: Int64)] = [:]
        for folder in folders ?? [] where folder.kind == .folder {  // none was given out yet
            let files = try place.reaching {
                try self.place.folder("\(releases)/\(folder.name)").entries(of: nil)
            }
            for file in files ?? [] {  // it is gone
                guard let number = ReleaseNumbers.number(file.name) else { continue }
                found["\(releases)/\(folder.name)/\(file.name)"] = (folder.name, number)
            }
        }
        return found
    }

    /// Reads these of the files that were listed.
    ///
    /// - Parameters:
    ///   - known: all segments that were read.
    ///   - identities: of releases that the history has by a number.
    package func read(
        history paths: [String], of listed: Listed, known: [KnownSegment],
        identities: (_ environment: String, _ number: Int64) throws -> [Digest],
        into outcome: inout Outcome, isInterrupted: @escaping InterruptionCheck
    ) throws {
        let known = Dictionary(known.map { ($0.file, $0) }) { $1 }
        let segments = paths.compactMap { listed.segments[$0] }
        try read(segments, listed.sizes, known, &outcome, isInterrupted)
        let numbers = paths.filter { listed.numbers[$0] != nil }
        let contents = try contents(numbers, "", 1 << 12, &outcome, isInterrupted)
        for (path, bytes) in zip(numbers, contents) {
            guard let (environment, number) = listed.numbers[path] else { continue }
            let value = bytes.flatMap(CheckedFile.value)
            let wanted = try identities(environment, number)
            let held = bytes.flatMap(ReleaseNumbers.identity)
            if value?["environment"]?.string == environment,
                value?["number"]?.wholeNumber == number,
                let held, wanted.isEmpty || wanted.contains(held)
            {
                continue
            }
            // A kill has left it before a release could have the number, which stays taken.
            let isUnused = wanted.isEmpty && bytes.map(CheckedFile.isCut) == true
            outcome.findings.append(
                Finding(
                    path: path, kind: isUnused ? .unnamed : .content,
                    objects: isUnused
                        ? []
                        : [
                            ArchivedObject(
                                digest: Digest.of(path), size: 0, path: path, offset: nil)
                        ]))
        }
        let marks = try place.reaching {
            try self.place.root().read(RelativePath(ArchiveCollecting.marksName), limit: 64 << 20)
        }
        if let marks, CheckedFile.value(marks) == nil {
            outcome.findings.append(
                Finding(path: ArchiveCollecting.marksName, kind: .content, objects: []))
        }
    }

    private func read(
        _ segments: [SegmentFile], _ sizes: [SegmentFile: Int64],
        _ known: [SegmentFile: KnownSegment], _ outcome: inout Outcome,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws {
        for start in stride(from: 0, to: segments.count, by: 50) {
            let some = Array(segments[start..<min(segments.count, start + 50)])
            let names = some.map(\.name)
            let largest = some.compactMap { sizes[$0] }.max() ?? 0  // some is not empty
            let texts = try contents(
                names, ArchivePlace.history, largest, &outcome, isInterrupted)
            let signed =
                isSigned
                ? try contents(
                    names.map { "\($0).sig" }, ArchivePlace.history, 1 << 12, &outcome,
                    isInterrupted) : names.map { _ in nil }
            for (index, file) in some.enumerated() {
                let objects = known[file].map { [$0.object] } ?? []  // it was never read whole
                let path = Self.path(file.name)
                guard let text = texts[index],
                    SegmentFile(file.segment, digest: Digest.of(text)) == file
                else {
                    outcome.findings.append(Finding(path: path, kind: .content, objects: objects))
                    continue
                }
                guard isSigned, known[file]?.refused == nil, let signature = signed[index] else {
                    continue
                }
                let copy = try copies.signature(of: file)
                if copy == signature { continue }
                if copy == nil, case .signed = try signatures.check(text, signature, in: folder) {
                    continue
                }
                outcome.findings.append(
                    Finding(path: "\(path).sig", kind: .content, objects: objects))
            }
        }
    }

    private func contents(
        _ names: [String], _ folder: String, _ size: Int64, _ outcome: inout Outcome,
        _ isInterrupted: @escaping InterruptionCheck
    ) throws -> [[UInt8]?] {
        let files = try names.map { (path: try RelativePath($0), size: size) }
        let contents = try place.contents(files, in: folder, isInterrupted)
        outcome.bytesRead += contents.reduce(0) { $0 + Int64($1?.count ?? 0) }
        return contents
    }
}

extension KnownSegment {
    /// Its file, as one that should be in the archive.
    fileprivate var object: ArchivedObject {
        ArchivedObject(
            digest: digest, size: bytes, path: "\(ArchivePlace.history)/\(file.name)", offset: nil)
    }
}
