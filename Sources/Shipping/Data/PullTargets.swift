import Posix
import Slots

/// Files that are being fetched: written to a temporary path, and renamed once all of each is there.
final class PullTargets {
    private let paths: [String]
    private let sizes: [Int64]
    private var written: [Int: Int64] = [:]
    private let progress: (Int64) -> Void
    private var open: [Int: (aside: String, descriptor: Int32)] = [:]
    /// A file that was gone, or had become shorter, when its turn came.
    private(set) var missing: Int?

    /// - Parameter sizes: by which files are whole.
    init(_ paths: [String], sizes: [Int64], _ progress: @escaping (Int64) -> Void) {
        self.paths = paths
        self.sizes = sizes
        self.progress = progress
    }

    func write(_ bytes: ArraySlice<UInt8>, to number: Int) throws(TransportError) {
        do throws(PosixError) {
            let target = try target(number)
            try Descriptors.write(bytes, to: target.descriptor, path: target.aside)
        } catch { throw .system(error) }
        written[number, default: 0] += Int64(bytes.count)
        progress(Int64(bytes.count))
    }

    func end(_ number: Int, _ exists: Bool) throws(TransportError) {
        guard exists, written[number] ?? 0 >= sizes[number] else {  // none is empty
            missing = missing ?? number
            return
        }
        do throws(PosixError) { try finish(number) } catch { throw .system(error) }
    }

    private func finish(_ number: Int) throws(PosixError) {
        let target = try target(number)
        open[number] = nil
        Descriptors.close(target.descriptor)
        try FileSystem.synchronize(target.aside)
        try FileSystem.rename(target.aside, to: paths[number])
    }

    /// Removes what did not become whole.
    func discard() {
        for target in open.values {
            Descriptors.close(target.descriptor)
            try? FileSystem.remove(target.aside)  // try?: ours by its name; never read
        }
        open = [:]
    }

    private func target(_ number: Int) throws(PosixError) -> (aside: String, descriptor: Int32) {
        if let known = open[number] { return known }
        let aside = FileSystem.temporaryPath(beside: paths[number])
        let target = (aside, try Descriptors.open(aside, .replace))
        open[number] = target
        return target
    }
}
