import PipelineModel
import Posix

/// Whether what a unit wrote may count.
enum OutputChecks {
    struct Refused: Error {
        let message: String
    }

    /// - Parameters:
    ///   - aside: what the unit was told to write, in the order of `outputs`.
    static func check(
        aside: [String], outputs: [String], check: OutputCheck?
    ) throws {
        for (path, output) in zip(aside, outputs) {
            let folder = AsideArea.folder(of: path)
            let name = AsideArea.name(of: path)
            let found = try FileSystem.entries(of: folder).map(\.name)
            let undeclared = found.filter { $0 != name }
            guard found.contains(name) else {
                let instead =
                    undeclared.isEmpty
                    ? ""
                    : " It wrote " + undeclared.map { "\"\($0)\"" }.joined(separator: ", ")
                        + " instead."
                throw Refused(
                    message: "the declared output \"\(output)\" was not written.\(instead) "
                        + "A unit writes to the path that it is given ({output}, job.output)")
            }
            guard undeclared.isEmpty else {
                throw Refused(
                    message: "it wrote \"\(undeclared[0])\", which is not declared, beside "
                        + "\"\(output)\"; add it to \"outputs\", or do not write it")
            }
            guard let status = try FileSystem.linkStatus(path), status.kind == .file else {
                throw Refused(message: "the output \"\(output)\" is not a plain file")
            }
            try check.map { try judge(path, output, status.size, by: $0) }
        }
    }

    private static func judge(
        _ path: String, _ output: String, _ size: Int64, by check: OutputCheck
    ) throws {
        if size == 0 {
            throw Refused(message: "the output \"\(output)\" is empty")
        }
        switch check {
        case .nonempty: return
        case .feather:
            // Arrow columnar format, IPC file format: the magic stands at both ends, the first
            // padded to 8 bytes, and there is at least a footer of 4 bytes between.
            let magic = Array("ARROW1".utf8)
            let head = try FileSystem.readHead(path, limit: 6)
            let tail = try FileSystem.readTail(path, limit: 6)
            if head != magic || tail != magic || size < 18 {
                throw Refused(
                    message: "the output \"\(output)\" is not a whole Feather file "
                        + "(ARROW1 at both ends)")
            }
        }
    }
}
