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

    /// As `short`, with what that rests on.
    static func long(_ expected: DurationEstimate) -> String {
        let unknown =
            switch expected.unknown {
            case 0: ""
            case 1: ", 1 unit has never run"
            default: ", \(Format.count(expected.unknown)) units have never run"
            }
        return short(expected) + ", as it took before" + unknown
    }
}
