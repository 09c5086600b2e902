import Failures
import JSON
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes

/// Whether a file is whole, as far as its format or a program of the project's can say.
///
/// A writer that was stopped leaves a file without its end: these formats have their index, or a mark, there.
enum WholeFile {
    enum Answer: Equatable {
        case whole
        /// What is wrong with it, after the file's name: "has no …".
        case cut(String)
    }

    /// Seconds after which a check that does not end has failed.
    static let timeout = 600.0

    /// - Throws: `PosixError` where the file cannot be read, `ProcessError` where the check cannot be run: then it is
    ///   not known.
    static func look(_ path: String, by check: OutputCheck, on disk: any Disk) throws -> Answer {
        switch check {
        case .format(let format): try look(path, as: format, on: disk)
        case .command(let words): try ask(words, path)
        }
    }

    private static func ask(_ words: [Template], _ path: String) throws -> Answer {
        let filled = words.map { word in word.filled { _, _ in path } ?? word.source }
        let output = try ProcessRunner.run(ProcessCommand(filled), timeout: timeout)
        guard !output.exit.isSuccess else { return .whole }
        let said =
            (output.standardErrorText + output.standardOutputText)
            .split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
        return .cut("is refused by \(filled[0]) (\(output.exit))\(said)")
    }

    private static func look(
        _ path: String, as format: FileFormat, on disk: any Disk
    ) throws -> Answer {
        guard let size = try disk.status(path)?.size else { return .cut("is gone") }
        guard size > 0 else { return .cut("is empty") }
        switch format {
        case .nonempty: return .whole
        case .feather: return try ends(path, "ARROW1", size, least: 18, on: disk)
        case .parquet: return try ends(path, "PAR1", size, least: 12, on: disk)
        case .hdf5: return try hdf5(path, size, on: disk)
        case .json: return try json(path, on: disk)
        case .sqlite: return try sqlite(path, size, on: disk)
        case .zip: return try zip(path, on: disk)
        }
    }

    /// A format whose magic stands at both ends, before the last one a footer and its length in four bytes
    /// (Arrow IPC file format; Parquet file format).
    private static func ends(
        _ path: String, _ magic: String, _ size: Int64, least: Int64, on disk: any Disk
    ) throws -> Answer {
        let mark = Array(magic.utf8)
        let tail = try disk.readTail(path, limit: mark.count + 4)
        guard size >= least, try disk.readHead(path, limit: mark.count) == mark,
            Array(tail.suffix(mark.count)) == mark
        else { return .cut("has no \(magic) at both ends") }
        let footer = Int64(littleEndian(tail.prefix(4)))
        guard footer > 0, footer <= size - Int64(2 * mark.count) - 4 else {
            return .cut("has a footer longer than the file")
        }
        return .whole
    }

    /// The superblock holds where the file ends (HDF5 file format, III.A).
    private static func hdf5(_ path: String, _ size: Int64, on disk: any Disk) throws -> Answer {
        let head = try disk.readHead(path, limit: 96)
        guard head.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]), head.count > 48
        else { return .cut("has no HDF5 superblock") }
        // Version 0 and 1 have the size of addresses at 13 and their fields from 24 or 28 on; later ones at 9, and from 12.
        let version = head[8]
        let width = Int(version < 2 ? head[13] : head[9])
        let start = version == 0 ? 24 : version == 1 ? 28 : 12
        guard width == 8, start + 24 <= head.count else { return .whole }
        let end = Int64(truncatingIfNeeded: littleEndian(head[(start + 16)..<(start + 24)]))
        if version >= 2, head[11] & 1 != 0 { return .cut("was not closed by its writer") }
        return size == end
            ? .whole : .cut("is \(size) bytes long, and its superblock has \(end)")
    }

    private static func json(_ path: String, on disk: any Disk) throws -> Answer {
        do {
            _ = try JSONValue(parsing: try disk.readText(path))
            return .whole
        } catch let error as JSONError {
            return .cut("does not parse: \(error)")
        }
    }

    /// The header has the size of a page and their number; a journal beside it is of an open transaction
    /// (Database file format, 1.3).
    private static func sqlite(_ path: String, _ size: Int64, on disk: any Disk) throws -> Answer {
        let head = try disk.readHead(path, limit: 100)
        guard head.count == 100, head.starts(with: Array("SQLite format 3\0".utf8)) else {
            return .cut("has no SQLite header")
        }
        if let journal = try disk.status(path + "-journal"), journal.size > 0 {
            return .cut("has a journal of a transaction that was not ended")
        }
        let page = Int64(head[16]) << 8 | Int64(head[17])
        let pages = Int64(head[28...31].reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
        let length = (page == 1 ? 65536 : page) * pages
        // An old library leaves the number 0.
        return pages == 0 || length <= size
            ? .whole : .cut("is \(size) bytes long, and its header has \(length)")
    }

    /// The end of the central directory is the last of the file (APPNOTE, 4.3.16).
    private static func zip(_ path: String, on disk: any Disk) throws -> Answer {
        let tail = try disk.readTail(path, limit: 22 + 65535)
        let mark: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
        guard tail.count >= 22 else { return .cut("has no ZIP directory at its end") }
        for start in stride(from: tail.count - 22, through: 0, by: -1)
        where tail[start] == mark[0] && Array(tail[start..<start + 4]) == mark {
            let comment = Int(littleEndian(tail[(start + 20)..<(start + 22)]))
            if start + 22 + comment == tail.count { return .whole }
        }
        return .cut("has no ZIP directory at its end")
    }

    private static func littleEndian(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
