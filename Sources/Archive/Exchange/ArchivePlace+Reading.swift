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
    /// - Returns: those that cannot be read.
    func readEach(_ files: [Int], _ read: ([Int]) throws -> Void) throws -> [Int] {
        var unreadable: [Int] = []
        try readEach(files[...], &unreadable, read)
        return unreadable
    }

    private func readEach(
        _ files: ArraySlice<Int>, _ unreadable: inout [Int], _ read: ([Int]) throws -> Void
    ) throws {
        do { return try read(Array(files)) } catch let error as TransportError {
            try reaching {
                guard error.isOfOneFile, unreadable.count < Self.mostUnreadable,
                    try mark() != nil
                else { throw error }
            }
        }
        guard files.count > 1 else {
            unreadable += files
            return
        }
        let middle = files.startIndex + files.count / 2
        try readEach(files[..<middle], &unreadable, read)
        try readEach(files[middle...], &unreadable, read)
    }
}

extension TransportError {
    /// Whether a file can be the reason: its disk, or who may read it. A place that does not answer is another matter.
    fileprivate var isOfOneFile: Bool {
        switch self {
        case .system, .forbidden: true
        default: false
        }
    }
}
