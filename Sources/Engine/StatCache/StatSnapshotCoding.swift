import Digests
import PipelineLedger
import Posix

/// The record as a file: numbers as this machine keeps them, which is where it is read again, and the digest of it all
/// at the end, so that a torn file is no record.
extension StatSnapshot {
    private static let magic: [UInt8] = Array("pipeline glance 3\n".utf8)

    /// Nil when there is none that can be read.
    static func read() -> StatSnapshot? {
        guard let bytes = try? FileSystem.read(path),  // try?: then everything is looked at
            bytes.count > magic.count + Digest.byteCount,
            bytes.starts(with: magic)
        else { return nil }
        let end = bytes.count - Digest.byteCount
        let digest = bytes.withUnsafeBytes {
            Digest.of(UnsafeRawBufferPointer(rebasing: $0[..<end]))
        }
        guard Digest(bytes: bytes[end...]) == digest else { return nil }
        return bytes.withUnsafeBytes { buffer in
            var reader = StatSnapshotReader(
                UnsafeRawBufferPointer(rebasing: buffer[magic.count..<end]))
            return reader.record()
        }
    }

    /// Not synchronised: a record that is lost is made again.
    func write() throws {
        var bytes = Self.magic
        func put<Number: FixedWidthInteger>(_ numbers: [Number]) {
            withUnsafeBytes(of: UInt64(numbers.count)) { bytes += $0 }
            numbers.withUnsafeBytes { bytes += $0 }
        }
        bytes += context.bytes
        put([ledger.begunMs, ledger.attempt, ledger.attemptMs, Int64(contents)])
        put(stages.flatMap { [Int64($0.units), Int64($0.axes), Int64($0.name.utf8.count)] })
        put(stages.flatMap { Array($0.name.utf8) })
        let once = former.map(\.output)
        for texts in [notFiles, once.map(\.path), once.map(\.place), once.map(\.unit)] {
            put(texts.map { UInt32($0.utf8.count) })
            put(texts.flatMap { Array($0.utf8) })
        }
        put(once.flatMap(\.digest.bytes))
        put(former.map { UInt8($0.state == .stale ? 1 : 0) })
        put(files.names)
        put(files.offsets)
        put(files.states)
        for lists in [inputs, mayRead, outputs, declared, setFiles] {
            put(lists.starts)
            put(lists.items)
        }
        put(code)
        put(reads)
        put(sets.flatMap(\.bytes))
        bytes += bytes.withUnsafeBytes({ Digest.of($0) }).bytes
        let temporary = FileSystem.temporaryPath(beside: Self.path)
        let descriptor = try Descriptors.open(temporary, .replace, mode: 0o600)
        do {
            defer { Descriptors.close(descriptor) }
            try Descriptors.write(bytes, to: descriptor, path: temporary)
        }
        try FileSystem.rename(temporary, to: Self.path)
    }

    /// Where it cannot be removed: it is compared with the ledger's newest attempts before it is believed.
    static func remove() {
        try? FileSystem.remove(path)  // try?: ours by its name; see above
    }
}

/// Reads what `write` wrote; anything else is nil.
private struct StatSnapshotReader {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    private mutating func numbers<Number: FixedWidthInteger>(_: Number.Type) -> [Number]? {
        guard let head = take(8) else { return nil }
        let count = head.loadUnaligned(as: UInt64.self)
        let width = MemoryLayout<Number>.size
        guard count <= UInt64(rest.count / width), let body = take(Int(count) * width) else {
            return nil
        }
        return [Number](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: body)
            filled = Int(count)
        }
    }

    private mutating func lists() -> IndexLists? {
        guard let starts = numbers(UInt32.self), let items = numbers(UInt32.self) else {
            return nil
        }
        return IndexLists(starts: starts, items: items)
    }

    mutating func record() -> StatSnapshot? {
        guard let context = take(Digest.byteCount).flatMap({ Digest(bytes: $0) }),
            let head = numbers(Int64.self), head.count == 4, let stages = stages(),
            let notFiles = texts(), let stalePaths = texts(), let stalePlaces = texts(),
            let staleUnits = texts(),
            let staleDigests = numbers(UInt8.self), let isStale = numbers(UInt8.self),
            stalePaths.count == staleUnits.count, stalePlaces.count == stalePaths.count,
            isStale.count == stalePaths.count,
            staleDigests.count == stalePaths.count * Digest.byteCount,
            let names = numbers(UInt8.self), let offsets = numbers(UInt32.self),
            let states = numbers(Int64.self), states.count == offsets.count * 5,
            let inputs = lists(), let mayRead = lists(), let outputs = lists(),
            let declared = lists(), let setFiles = lists(), let code = numbers(UInt32.self),
            let reads = numbers(UInt32.self), let sets = numbers(UInt8.self)
        else { return nil }
        var files = FileStates()
        files.names = names
        files.offsets = offsets
        files.states = states
        let former = zip(Self.digests(staleDigests), stalePaths.indices).map { digest, index in
            FormerOutput(
                output: StaleOutput(
                    path: stalePaths[index], unit: staleUnits[index], digest: digest,
                    place: stalePlaces[index]),
                state: isStale[index] == 1 ? .stale : .absent)
        }
        return StatSnapshot(
            context: context,
            ledger: LedgerIdentity(begunMs: head[0], attempt: head[1], attemptMs: head[2]),
            stages: stages, files: files, contents: Int(head[3]), inputs: inputs, mayRead: mayRead,
            outputs: outputs, declared: declared, code: code, reads: reads,
            sets: Self.digests(sets),
            setFiles: setFiles, notFiles: notFiles, former: former)
    }

    private static func digests(_ bytes: [UInt8]) -> [Digest] {
        stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap {
            Digest(bytes: bytes[$0..<min($0 + Digest.byteCount, bytes.count)])
        }
    }

    private mutating func texts() -> [String]? {
        guard let lengths = numbers(UInt32.self), let text = numbers(UInt8.self) else { return nil }
        var rest = text[...]
        return lengths.map { length in
            let text = rest.prefix(Int(length))
            rest = rest.dropFirst(text.count)
            return String(decoding: text, as: UTF8.self)
        }
    }

    private mutating func stages() -> [StatSnapshot.Stage]? {
        guard let numbers = numbers(Int64.self), let text = self.numbers(UInt8.self),
            numbers.count % 3 == 0
        else { return nil }
        var stages: [StatSnapshot.Stage] = []
        var names = text[...]
        for start in stride(from: 0, to: numbers.count, by: 3) {
            let name = names.prefix(Int(numbers[start + 2]))
            names = names.dropFirst(name.count)
            stages.append(
                .init(
                    name: String(decoding: name, as: UTF8.self), units: Int(numbers[start]),
                    axes: Int(numbers[start + 1])))
        }
        return stages
    }
}
