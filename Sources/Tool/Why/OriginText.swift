import PipelinePlanning
import Terminal

/// Who made a result that came from an archive, for people.
enum OriginText {
    static func line(_ origin: ResultOrigin) -> String {
        let commit = origin.commit.map { ", commit \($0.prefix(12))" } ?? ""
        return "made by \(Format.escaped(origin.author)), \(RecordedTime.iso8601(origin.madeMs)), "
            + "in \(Format.duration(Double(origin.milliseconds) / 1000))\(Format.escaped(commit))"
    }
}
