import ArchiveHistory
import Arguments
import Digests
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineShipping
import Terminal

/// `pipeline why UNIT --elsewhere`: what keeps a unit from the nearest result that another clone has in the archive.
struct WhyElsewhere {
    let unit: String
    /// The result with the fewest differences; nil where the archive has none of the unit.
    let nearest: ResultElsewhere?
    /// What differs, in the order of kinds.
    let differences: [Difference]

    struct Difference: Hashable {
        /// `recipe`, `input`, `code`, `also read` or `machine`.
        let kind: String
        let name: String
        let there: String?
        let here: String?
    }

    init(_ index: Int, _ archive: ProjectArchive, _ survey: Survey) throws {
        let unit = survey.graph.units[index]
        self.unit = unit.name
        let compared = try archive.results(of: unit.name).map { result in
            (result, try Self.differences(result, unit, archive, survey))
        }
        // The newest of those that are equally near.
        let nearest = compared.min { $0.1.count < $1.1.count }
        self.nearest = nearest?.0
        differences = nearest?.1 ?? []  // there is no result
    }

    private static func differences(
        _ result: ResultElsewhere, _ unit: UnitSpec, _ archive: ProjectArchive, _ survey: Survey
    ) throws -> [Difference] {
        let checker = survey.checker
        let code = checker.current(result.code)
        var found = changes("recipe", result.recipe, unit.recipe, survey)
        found += changes("input", result.inputs, checker.fileSet(unit.inputs), survey)
        found += try changes("code", result.code, code, survey).filter { change in
            guard let there = change.there.flatMap({ Digest(hex: $0) }) else { return true }
            return try !archive.isSameProgram(change.name, as: there)
        }
        let known = Set((code?.entries ?? []).map(\.name))  // none is known
        found += unit.declaredCode.filter { !known.contains($0) }.map {
            Difference(kind: "code", name: $0, there: nil, here: checker.fileSet([$0])[$0])
        }
        found += changes("also read", result.reads, checker.current(result.reads), survey)
        return found
            + archive.differences(from: result.platform, isPortable: unit.limits.isPortable).map {
                Difference(kind: "machine", name: $0.name, there: $0.there, here: $0.here)
            }
    }

    private static func changes(
        _ kind: String, _ there: Digest, _ here: ComponentSet?, _ survey: Survey
    ) -> [Difference] {
        if here?.digest == there { return [] }
        guard let here, let recorded = survey.stored(there) else {
            return [Difference(kind: kind, name: "record", there: there.hex, here: nil)]
        }
        return here.changes(since: recorded).map {
            Difference(kind: kind, name: $0.name, there: $0.before, here: $0.after)
        }
    }

    static func show(
        _ subject: WhySubject, _ project: Project, _ survey: Survey, _ invocation: Invocation
    ) throws -> ExitCode {
        guard let archive = project.shared as? ProjectArchive else { throw ArchiveUpkeep.noArchive }
        let indices: [Int] =
            switch subject {
            case .unit(let index): [index]
            case .group(_, let units): units
            case .step, .past: []
            }
        guard !indices.isEmpty else {
            throw UsageError(
                "options-clash", "--elsewhere is about units", next: "name a unit or a rule",
                run: "pipeline why --help")
        }
        let reports = try indices.map { try WhyElsewhere($0, archive, survey) }
        if invocation.isJSON {
            invocation.print(JSONValue.array(reports.map(\.value)).text)
        } else {
            let limit = invocation.arguments.flag("all") ? Int.max : 10
            for report in reports {
                report.lines(invocation.style, limit).forEach(invocation.print)
            }
        }
        return .done
    }

    private func lines(_ style: Style, _ limit: Int) -> [String] {
        let name = style.bold(Format.escaped(unit))
        guard let nearest else { return [name, "the archive has no result of it"] }
        let by = OriginText.line(nearest.origin)
        guard !differences.isEmpty else {
            return [name, "the archive has the result that a run here would make", "  " + by]
        }
        let count = differences.count
        let shown = differences.prefix(limit).map { difference in
            let value = { (text: String?) in
                Format.escaped(text.map(ShortDigest.shortened) ?? "none")
            }
            return "  \(difference.kind) \(Format.escaped(difference.name))  there "
                + value(difference.there) + style.dim(", here ") + value(difference.here)
        }
        let more = count > limit ? ["  … and \(count - limit) more (--all shows all)"] : []
        let what = count == 1 ? "1 component" : "\(count) components"
        return [name, "the nearest result differs in \(what)", "  " + by] + shown + more
    }

    private var value: JSONValue {
        [
            "unit": .string(unit),
            "made_by": .string(nearest?.origin.author),
            "made_ms": .int(nearest?.origin.madeMs),
            "differences": .array(
                differences.map {
                    [
                        "kind": .string($0.kind), "name": .string($0.name),
                        "there": .string($0.there), "here": .string($0.here),
                    ]
                }),
        ]
    }
}
