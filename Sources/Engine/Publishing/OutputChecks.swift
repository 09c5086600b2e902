import Failures
import FileFormats
import Paths
import PipelineModel
import PipelineStore
import Posix

/// Whether what a unit wrote may count.
enum OutputChecks {
    struct Refused: Explained {
        let failure: Failure
        var description: String { failure.text }

        init(_ code: String, _ headline: String, next: String) {
            failure = Failure(code, headline, next: next)
        }
    }

    /// - Parameters:
    ///   - temporaryPaths: what the unit was instructed to write, in the order of `outputs`.
    static func check(
        temporaryPaths: [String], outputs: [String], check: OutputCheck?, on disk: any Disk
    ) throws {
        for (path, output) in zip(temporaryPaths, outputs) {
            let folder = PathText.folder(path)
            let name = PathText.name(path)
            let found = try disk.entries(of: folder).map(\.name)
            let undeclared = found.filter { $0 != name }
            guard found.contains(name) else {
                let instead =
                    undeclared.isEmpty
                    ? ""
                    : " It wrote " + undeclared.map { "\"\($0)\"" }.joined(separator: ", ")
                        + " instead."
                throw Refused(
                    "output-missing",
                    "the declared output \"\(output)\" was not written.\(instead)",
                    next: "write to the path that the unit is given ({output}, job.output)")
            }
            guard undeclared.isEmpty else {
                throw Refused(
                    "output-undeclared",
                    "it wrote \"\(undeclared[0])\", which is not declared, beside \"\(output)\"",
                    next: "add it to \"outputs\", or do not write it")
            }
            guard let status = try disk.linkStatus(path),
                status.kind == .file || status.kind == .directory
            else {
                throw Refused(
                    "output-not-a-file", "the output \"\(output)\" is neither a file nor a folder",
                    next: "write a file or a folder of files: a link or a pipe cannot be kept")
            }
            if status.kind == .directory {
                guard try !OutputFolder.files(path, on: disk).isEmpty else {
                    throw Refused(
                        "output-empty", "the output \"\(output)\" is a folder without files",
                        next: "see the unit's log: empty folders are not kept")
                }
                continue
            }
            try check.map { try checkContent(path, output, status.size, by: $0, on: disk) }
        }
    }

    private static func checkContent(
        _ path: String, _ output: String, _ size: Int64, by check: OutputCheck,
        on disk: any Disk
    ) throws {
        if size == 0 {
            throw Refused(
                "output-empty", "the output \"\(output)\" is empty",
                next: "see the unit's log, or take \"check\" away if that is right")
        }
        if case .cut(let found) = try WholeFile.look(path, by: check, on: disk) {
            throw refused(output, found, by: check)
        }
    }

    /// Why a file that is not whole does not count.
    ///
    /// - Parameter found: as `WholeFile` has it.
    static func refused(_ output: String, _ found: String, by check: OutputCheck) -> Refused {
        guard case .format(let format) = check, format == .feather else {
            return Refused(
                "output-not-whole", "the output \"\(output)\" is not whole: it \(found)",
                next: "close the file in the unit's code, or correct its \"check\"")
        }
        return Refused(
            "output-not-feather",
            "the output \"\(output)\" is not a whole Feather file (ARROW1 at both ends)",
            next: "close the file in the unit's code, or take \"check: feather\" away")
    }
}
