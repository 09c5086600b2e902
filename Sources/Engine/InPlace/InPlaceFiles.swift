import Failures
import FileFormats
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// The outputs of a unit that writes them to their places by itself, as they are now.
struct InPlaceFiles {
    let outputs: InPlaceOutputs
    let disk: any Disk

    /// Every output that is there, with its state.
    ///
    /// - Throws: `Failure` where a folder cannot be listed: which outputs there are is not known then.
    func states() throws -> [String: StatKey] {
        let paths = try find(outputs.outputs).filter { !outputs.isMarker($0) }
        var states: [String: StatKey] = [:]
        for path in paths {
            // What has gone since the folder was read is not there.
            if let status = try disk.status(path), status.kind == .file {
                states[path] = StatKey(status)
            }
        }
        return states
    }

    func markers() throws -> [String] { try find(outputs.markers) }

    /// Of the declared outputs those that no file stands for.
    func unmatched(_ paths: some Sequence<String>) -> [PathPattern] {
        let paths = Array(paths)
        return outputs.outputs.filter { pattern in
            let one = InPlaceOutputs(outputs: [pattern])
            return !paths.contains(where: one.holds)
        }
    }

    private func find(_ patterns: [PathPattern]) throws -> [String] {
        let finder = FileFinder(on: disk)
        var paths: Set<String> = []
        for pattern in patterns {
            let found = finder.files(pattern)
            if let failure = found.unreadable.first { throw failure }
            paths.formUnion(found.paths)
        }
        return paths.sorted()
    }
}

extension OutputCheck {
    /// How a file is judged that a command wrote in place: as its stage says, else by the ending of its name.
    static func inPlace(_ declared: OutputCheck?, _ path: String) -> OutputCheck? {
        declared ?? FileFormat(endingOf: path).map(OutputCheck.format)
    }
}
