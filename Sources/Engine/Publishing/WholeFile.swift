import Failures
import FileFormats
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
        return try format.fault(of: DiskFile(path: path, size: size, disk: disk)).map(Answer.cut)
            ?? .whole
    }
}

/// A file as formats look at it.
private struct DiskFile: ReadableFile {
    let path: String
    let size: Int64
    let disk: any Disk

    func head(_ limit: Int) throws -> [UInt8] { try disk.readHead(path, limit: limit) }
    func tail(_ limit: Int) throws -> [UInt8] { try disk.readTail(path, limit: limit) }
    func text() throws -> String { try disk.readText(path) }
    func size(beside suffix: String) throws -> Int64? { try disk.status(path + suffix)?.size }
}
