import PipelineEngine
import Terminal

/// How long something is likely to take, for people.
enum EstimateText {
    /// `about 3m 20s`, `up to 5m 00s`.
    static func short(_ expected: DurationEstimate) -> String {
        let most = Format.duration(expected.atMost)
        if expected.likely <= 0 { return "up to \(most)" }
        let likely = Format.duration(expected.likely)
        return likely == most ? "about \(likely)" : "about \(likely), up to \(most)"
    }

    /// `estimated 3m 20s (at most 5m 00s) from earlier runs`.
    static func long(_ expected: DurationEstimate) -> String {
        let unknown =
            switch expected.unknown {
            case 0: ""
            case 1: ", 1 unit has never run"
            default: ", \(Format.count(expected.unknown)) units have never run"
            }
        let most = Format.duration(expected.atMost)
        let likely = Format.duration(expected.likely)
        let time =
            if expected.likely <= 0 { "at most \(most)" } else if likely == most { likely } else {
                "\(likely) (at most \(most))"
            }
        return "estimated \(time) from earlier runs" + unknown
    }
}
