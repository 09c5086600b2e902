import Glibc
import Posix
import Slots

extension ArchivePlace {
    /// So many files that cannot be read are a fault of the place.
    private static let mostUnreadable = 32

    /// Reads files in one go. Where that fails at a file of a place that answers, the halves are read, and theirs, so that one
    /// that cannot be read keeps no other away.
    ///
    /// - Parameters:
    ///   - files: numbers that `read` knows.
    ///   - read: may be asked once more for what it has read already.
    /// - Returns: those that cannot be read, and why.
    func readEach(
        _ files: [Int], _ read: ([Int]) throws -> Void
    ) throws -> [(file: Int, error: TransportError)] {
        var unreadable: [(file: Int, error: TransportError)] = []
        try readEach(files[...], &unreadable, read)
        return unreadable
    }

    private func readEach(
        _ files: ArraySlice<Int>, _ unreadable: inout [(file: Int, error: TransportError)],
        _ read: ([Int]) throws -> Void
    ) throws {
        do { return try read(Array(files)) } catch let error as TransportError {
            try reaching {
                guard error.isOfOneFile, unreadable.count < Self.mostUnreadable,
                    try mark() != nil
                else { throw error }
            }
            if files.count == 1 {
                unreadable += files.map { ($0, error) }
                return
            }
        }
        let middle = files.startIndex + files.count / 2
        try readEach(files[..<middle], &unreadable, read)
        try readEach(files[middle...], &unreadable, read)
    }
}

extension TransportError {
    /// Whether a file can be the reason: its disk, its kind, or who may read it. A place that does not answer is another matter,
    /// and so is a machine that has no descriptor or memory left.
    fileprivate var isOfOneFile: Bool {
        switch self {
        case .system(let error): Self.ofOneFile.contains(error.code)
        case .forbidden: true
        default: false
        }
    }

    private static let ofOneFile: Set<Int32> = [
        EIO, EACCES, EPERM, EISDIR, ELOOP, EBADMSG, EUCLEAN, ENODATA,
    ]
}
