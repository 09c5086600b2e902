import PipelineEngine

/// One thing that is otherwise than a saved plan has it. Commands print all of them by `lines`.
struct PlanDifference: Hashable {
    /// A unit, a stage or a file.
    let subject: String
    let change: String
}

extension [PlanDifference] {
    /// One line for each change, however many units it concerns.
    var lines: [String] {
        var subjects: [String: [String]] = [:]
        var order: [String] = []
        for difference in self {
            if subjects[difference.change] == nil { order.append(difference.change) }
            subjects[difference.change, default: []].append(difference.subject)
        }
        return order.map { change in
            let all = subjects[change] ?? []
            let others = all.count > 1 ? " and \(all.count - 1) more" : ""
            return "\(all.first ?? "")\(others): \(change)"
        }
    }
}

/// The comparison with what is there now. Pure.
extension SavedPlan {
    /// How a plan of the same request, made now, differs; in this plan's order.
    func differences(to now: SavedPlan) -> [PlanDifference] {
        var found: [PlanDifference] = []
        for (path, digest) in definitions.sorted(by: { $0.key < $1.key })
        where now.definitions[path] != digest {
            found.append(.init(subject: path, change: "has changed"))
        }
        for path in now.definitions.keys.sorted() where definitions[path] == nil {
            found.append(.init(subject: path, change: "is new"))
        }
        let present = Dictionary(now.stages.map { ($0.stage, $0) }) { $1 }
        for stage in stages {
            guard let other = present[stage.stage] else {
                found.append(.init(subject: stage.subject, change: "is gone"))
                continue
            }
            found += stage.differences(to: other, sets: sets, now.sets)
        }
        let planned = Set(stages.map(\.stage))
        for stage in now.stages where !planned.contains(stage.stage) {
            found.append(.init(subject: stage.subject, change: "is new"))
        }
        return found
    }

    /// What keeps a stage from being begun, now that it is its turn: work that the plan does not have, or a step that rests on
    /// something else by now. What was to follow from earlier stages was not known, so it is not compared.
    func differences(before now: StagePlan) -> [PlanDifference] {
        guard let then = stages.first(where: { $0.stage == now.stage }) else { return [] }
        let now = SavedStage(now)
        let known = now.state.filter { then.state[$0.key] != nil }
        let changes = SavedStage.changes(then.state, known, of: then.subject)
        return then.unknownAxes.isEmpty ? changes + then.unplanned(now) : changes
    }
}

extension SavedPlan.SavedStage {
    fileprivate var subject: String { "stage \(stage)" }

    fileprivate func differences(
        to now: Self, sets oldSets: [String: [String: String]],
        _ newSets: [String: [String: String]]
    ) -> [PlanDifference] {
        var found = Self.changes(state, now.state, of: subject)
        if unknownAxes != now.unknownAxes {
            found.append(.init(subject: subject, change: "other axes are to be asked for"))
        }
        let present = Dictionary(now.work.map { ($0.unit, $0) }) { $1 }
        for item in work {
            guard let other = present[item.unit] else {
                found.append(.init(subject: item.unit, change: "nothing to do any more"))
                continue
            }
            var changes: [PlanDifference] = []
            if let old = item.rests, let new = other.rests, old != new {
                for part in [\SavedPlan.Rests.recipe, \.inputs, \.code, \.reads] {
                    changes += Self.changes(
                        oldSets[old[keyPath: part]] ?? [:], newSets[new[keyPath: part]] ?? [:],
                        of: item.unit)
                }
            }
            // The same components, and yet another decision: an output, or a record.
            if changes.isEmpty,
                item.action != other.action || (item.rests != nil && item.reasons != other.reasons)
            {
                changes = [
                    .init(subject: item.unit, change: "\(item.text) then, \(other.text) now")
                ]
            }
            found += changes
        }
        found += unplanned(now)
        if work.isEmpty, now.work.isEmpty, upToDate != now.upToDate {
            found.append(
                .init(subject: subject, change: "\(upToDate) units then, \(now.upToDate) now"))
        }
        return found
    }

    /// Work of now that is not in the plan.
    fileprivate func unplanned(_ now: Self) -> [PlanDifference] {
        let planned = Set(work.map(\.unit))
        return now.work.filter { !planned.contains($0.unit) }.map {
            .init(subject: $0.unit, change: "nothing to do then, \($0.text) now")
        }
    }

    fileprivate static func changes(
        _ then: [String: String], _ now: [String: String], of subject: String
    ) -> [PlanDifference] {
        Set(then.keys).union(now.keys).sorted().compactMap { name in
            guard then[name] != now[name] else { return nil }
            let (before, after) = (then[name].map(shown) ?? "none", now[name].map(shown) ?? "none")
            return .init(subject: subject, change: "\(name)  \(before) -> \(after)")
        }
    }

    private static func shown(_ value: String) -> String {
        let short = ShortDigest.shortened(value)
        return short.count > 100 ? String(short.prefix(99)) + "…" : short
    }
}

extension SavedPlan.SavedItem {
    fileprivate var text: String {
        "\(action) (\(reasons.map(ShortDigest.shortened).joined(separator: "; ")))"
    }
}
