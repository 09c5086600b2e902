import ArchiveHistory
import Digests
import PipelineStore
import Posix
import Slots
import Synchronization

/// Files of an archive as they arrive. The thread that receives does nothing else: other threads hash and write, several files at
/// once. What is not as its digest says is not kept.
final class IncomingObjects {
    private let files: [ObjectFetching.File]
    private let store: Store
    private let progress: (Int64) -> Void
    private let kept: KeptObjects
    private let lanes = WorkLanes(room: 48)
    private var open: [Int: (part: IncomingPart, bytes: Int64)] = [:]
    private var packs: [Int: [UInt8]] = [:]

    init(
        _ files: [ObjectFetching.File], _ store: Store, _ kept: KeptObjects,
        progress: @escaping (Int64) -> Void
    ) {
        self.files = files
        self.store = store
        self.kept = kept
        self.progress = progress
    }

    func take(_ bytes: ArraySlice<UInt8>, of number: Int) throws(TransportError) {
        progress(Int64(bytes.count))
        guard let object = files[number].alone else {
            // Behind what is wanted may be more.
            if packs[number] == nil { packs[number] = Self.buffer(files[number].bytes) }
            let room = max(0, Int(files[number].bytes) - (packs[number]?.count ?? 0))  // just made
            packs[number]?.append(contentsOf: bytes.prefix(room))
            return
        }
        do throws(PosixError) {
            let (part, before) = try begun(number, object)
            open[number] = (part, before + Int64(bytes.count))
            // One that is too long is wrong already.
            guard before + Int64(bytes.count) <= object.size else { return }
            let kept = kept
            lanes.run(number, weight: bytes.count >> 20) { kept.add(bytes, to: part) }
        } catch {
            kept.note(error)
        }
        try kept.check()
    }

    /// - Returns: the content with the bytes of it that were taken.
    private func begun(
        _ number: Int, _ object: ArchivedObject
    ) throws(PosixError) -> (part: IncomingPart, bytes: Int64) {
        if let known = open[number] { return known }
        return (try IncomingPart(object, store), 0)
    }

    /// - Parameter bytes: as the history has it, which anybody may have written.
    private static func buffer(_ bytes: Int64) -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(Int(min(bytes, 2 * SegmentSending.packBytes)))
        return buffer
    }

    func end(_ number: Int, exists: Bool) throws(TransportError) {
        let kept = kept
        if let object = files[number].alone {
            guard exists else { return }
            do throws(PosixError) {
                // One of no bytes did not begin.
                let (part, bytes) = try begun(number, object)
                open[number] = nil
                lanes.run(number) { kept.keep(part, isWhole: bytes == object.size) }
            } catch {
                kept.note(error)
            }
        } else {
            let bytes = packs.removeValue(forKey: number) ?? []  // of an empty file nothing arrives
            guard exists else { return }
            let objects = files[number].objects
            lanes.run(number, weight: bytes.count >> 20) {
                for object in objects { kept.keep(object, from: bytes) }
            }
        }
        try kept.check()
    }

    /// Waits for all that was begun.
    func finish() throws(TransportError) {
        lanes.wait()
        try kept.check()
    }

    /// Lets go of what did not arrive to its end.
    func close() {
        lanes.wait()
        for (part, _) in open.values { part.remove() }
        open = [:]
    }
}
