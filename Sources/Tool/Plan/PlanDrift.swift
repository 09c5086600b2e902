import Arguments
import Failures
import PipelineModel

/// How the world differs from what a kept plan rests on. Pure.
struct PlanDrift: Hashable {
    /// In the plan's order.
    private(set) var differences: [Difference] = []

    struct Difference: Hashable {
        /// A unit, a stage or a file.
        let subject: String
        let change: String
    }

    init(_ differences: [Difference]) { self.differences = differences }

    /// One line for each change, however many units it concerns.
    var lines: [String] {
        var subjects: [String: [String]] = [:]
        var order: [String] = []
        for difference in differences {
            if subjects[difference.change] == nil { order.append(difference.change) }
            subjects[difference.change, default: []].append(difference.subject)
        }
        return order.map { change in
            let all = subjects[change] ?? []
            let others = all.count > 1 ? " and \(all.count - 1) more" : ""
            return "\(all.first ?? "")\(others): \(change)"
        }
    }

    private mutating func add(_ subject: String, _ change: String) {
        differences.append(Difference(subject: subject, change: change))
    }

    init(from then: SavedPlan, to now: SavedPlan) {
        for (path, digest) in then.definitions.sorted(by: { $0.key < $1.key })
        where now.definitions[path] != digest {
            add(path, "has changed")
        }
        for path in now.definitions.keys.sorted() where then.definitions[path] == nil {
            add(path, "is new")
        }
        let present = Dictionary(now.stages.map { ($0.stage, $0) }) { $1 }
        for stage in then.stages {
            guard let other = present[stage.stage] else {
                add("stage \(stage.stage)", "is gone")
                continue
            }
            compare(stage, then.sets, other, now.sets)
        }
        let planned = Set(then.stages.map(\.stage))
        for stage in now.stages where !planned.contains(stage.stage) {
            add("stage \(stage.stage)", "is new")
        }
    }

    private mutating func compare(
        _ then: SavedPlan.SavedStage, _ oldSets: [String: [String: String]],
        _ now: SavedPlan.SavedStage, _ newSets: [String: [String: String]]
    ) {
        differences += Self.changes(then.state, now.state, of: "stage \(then.stage)")
        if then.unknownAxes != now.unknownAxes {
            add("stage \(then.stage)", "other axes are to be asked for")
        }
        let present = Dictionary(now.work.map { ($0.unit, $0) }) { $1 }
        for item in then.work {
            guard let other = present[item.unit] else {
                add(item.unit, "nothing to do any more")
                continue
            }
            let before = differences.count
            if let old = item.rests, let new = other.rests, old != new {
                for part in [\SavedPlan.Rests.recipe, \.inputs, \.code, \.reads] {
                    differences += Self.changes(
                        oldSets[old[keyPath: part]] ?? [:], newSets[new[keyPath: part]] ?? [:],
                        of: item.unit)
                }
            }
            // The same components, and yet another decision: an output, or a record.
            if differences.count == before,
                item.action != other.action || (item.rests != nil && item.reasons != other.reasons)
            {
                add(item.unit, "\(Self.told(item)) then, \(Self.told(other)) now")
            }
        }
        let planned = Set(then.work.map(\.unit))
        for item in now.work where !planned.contains(item.unit) {
            add(item.unit, "nothing to do then, \(Self.told(item)) now")
        }
        if then.work.isEmpty, now.work.isEmpty, then.upToDate != now.upToDate {
            add("stage \(then.stage)", "\(then.upToDate) units then, \(now.upToDate) now")
        }
    }

    private static func told(_ item: SavedPlan.SavedItem) -> String {
        "\(item.action) (\(item.reasons.map(ShortDigest.shortened).joined(separator: "; ")))"
    }

    /// What was not known when the plan was made is not compared.
    static func changes(
        _ then: [String: String], _ now: [String: String], of what: String
    ) -> [Difference] {
        Set(then.keys).union(now.keys).sorted().compactMap { name in
            guard then[name] != now[name] else { return nil }
            let (before, after) = (then[name].map(shown) ?? "none", now[name].map(shown) ?? "none")
            return Difference(subject: what, change: "\(name)  \(before) -> \(after)")
        }
    }

    private static func shown(_ value: String) -> String {
        let short = ShortDigest.shortened(value)
        return short.count > 100 ? String(short.prefix(99)) + "…" : short
    }
}

/// The plan is stale, so that nothing, or nothing more, was done of it: exit code 5.
struct PlanMoved: Explained {
    let file: String
    let savedMs: Int64
    let request: RunRequest
    let drift: PlanDrift
    /// The stage before which the run has stopped; nil where nothing was begun.
    var stage: String?

    private static let limit = 20

    var description: String { failure.text }

    var failure: Failure {
        let what = stage.map { "stage \"\($0)\" was not begun" } ?? "nothing was run"
        let all = drift.lines
        let more = all.count > Self.limit ? ["… and \(all.count - Self.limit) more"] : []
        var again = CommandLineWords()
        again.add(argument: "plan")
        request.add(to: &again)
        again.add(option: "save", file)
        return Failure(
            "plan-moved",
            "the plan of \(RecordedTime.iso8601(savedMs)) is stale, and \(what)",
            cause: "what it rests on has changed since then",
            said: all.prefix(Self.limit) + more, next: "look again",
            run: .exact(ShellWords.line(["pipeline"] + again.words)))
    }
}
