import CPosix
import Dispatch
import Synchronization

/// Many files' states at once, as stat(2) tells them: for those who want to know which of very many have changed.
package struct FileStates: Sendable {
    /// The names, each with a zero behind it.
    package var names: [UInt8] = []
    /// Where each name begins.
    package var offsets: [UInt32] = []
    /// Five numbers a file: device, inode, size, last change of content and of inode in nanoseconds; a device of -1
    /// stands for nothing there.
    package var states: [Int64] = []

    package init() {}

    package var count: Int { offsets.count }

    /// - Parameter status: nil for nothing there.
    package mutating func append(_ path: String, _ status: FileStatus?) {
        append(path, numbers: Self.numbers(status))
    }

    /// - Parameter numbers: five, as in `states`.
    package mutating func append(_ path: String, numbers: [Int64]) {
        offsets.append(UInt32(names.count))
        names += path.utf8
        names.append(0)
        states += numbers
    }

    package mutating func set(_ index: Int, numbers: [Int64]) {
        states.replaceSubrange(index * 5..<index * 5 + 5, with: numbers)
    }

    package func path(_ index: Int) -> String {
        let start = Int(offsets[index])
        let end = index + 1 < offsets.count ? Int(offsets[index + 1]) : names.count
        return String(decoding: names[start..<end - 1], as: UTF8.self)
    }

    /// What stands for nothing there.
    package static let nothing: [Int64] = [-1, 0, 0, 0, 0]

    private static func numbers(_ status: FileStatus?) -> [Int64] {
        guard let status else { return nothing }
        return [
            Int64(bitPattern: status.device), Int64(bitPattern: status.inode), status.size,
            status.modifiedNs, status.changedNs,
        ]
    }

    /// The files that are not as they were, on so many threads.
    ///
    /// - Returns: their indices, ascending; nil if there are more than `limit`.
    package func differing(limit: Int, threads: Int) -> [Int]? {
        let pieces = max(1, min(threads * 4, count / 512))
        let found = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            var numbers = [UInt32](repeating: 0, count: limit + 1)
            let (from, to) = (count * piece / pieces, count * (piece + 1) / pieces)
            let differing = names.withUnsafeBytes { names in
                guard let base = names.bindMemory(to: CChar.self).baseAddress else { return 0 }
                return cposix_compare(base, offsets, states, from, to, &numbers, limit + 1)
            }
            guard differing > 0 else { return }
            let own = numbers[..<differing].map(Int.init)
            found.withLock { $0 += own }
        }
        let all = found.withLock { $0 }
        return all.count > limit ? nil : all.sorted()
    }
}
