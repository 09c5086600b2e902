import Digests
import JSON
import PipelineEngine
import PipelineLedger

/// Where a project stands, for programs: one JSON document.
enum StatusJSON {
    static func document(_ report: StatusReport) -> String {
        JSONValue.object([
            "project": .string(report.project),
            "stages": .array(report.stages.map(stage)),
            "current_run": .optional(report.current, current),
            "last_run": .optional(report.lastRun) { .object(run($0)) },
            "stale": .strings(report.stale.map(\.path)),
            "former_outputs": .strings(report.former),
            "failures": .array(report.failures.map(AttemptJSON.value)),
            "environments": .array(report.environments.map(environment)),
        ]).text
    }

    private static func stage(_ entry: StagePlans.Entry) -> JSONValue {
        let plan = entry.plan
        func count(_ action: StagePlan.Action) -> JSONValue {
            .int(plan.work.count { $0.action == action })
        }
        return .object([
            "stage": .string(plan.stage), "has_work": .bool(!plan.isUpToDate),
            "up_to_date": .int(plan.upToDate), "to_run": count(.run), "to_restore": count(.restore),
            "to_fetch": count(.fetch),
            "maybe": count(.maybe),
            "missing": count(.missing), "unknown_axes": .strings(plan.unknownAxes),
            "problem": .string(entry.problem),
        ])
    }

    private static func current(_ current: CurrentRun) -> JSONValue {
        var members = run(current.run)
        members["done"] = .int(current.progress.done)
        members["restored"] = .int(current.progress.restored)
        members["fetched"] = .int(current.progress.fetched)
        members["failed"] = .int(current.progress.failed)
        members["running"] = .strings(current.progress.running)
        members["waiting"] = .int(current.progress.waiting)
        members["waits"] = .string(current.progress.waits)
        return .object(members)
    }

    static func run(_ run: RunRecord) -> [String: JSONValue] {
        [
            "run": .int(run.id), "command": .string(run.command), "started": .time(run.startedMs),
            "ended": .time(run.endedMs), "outcome": .string(run.outcome), "host": .string(run.host),
            "process": .int(Int(run.pid)), "user": .string(run.user), "commit": .string(run.commit),
        ]
    }

    private static func environment(_ environment: EnvironmentStatus) -> JSONValue {
        .object([
            "environment": .string(environment.name),
            "live": .optional(environment.live) { live in
                .object([
                    "release": .int(live.release), "since": .time(live.endedMs),
                    "slot": .string(live.slot), "image": .string(environment.release?.image),
                    "code": .string(environment.release?.code?.hex),
                    "manifest": .string(environment.release?.manifest.hex),
                    "user": .string(live.user), "host": .string(live.host),
                ])
            },
            "last_unsuccessful_deployment": .optional(environment.trouble, DeploymentJSON.value),
            "drift": .optional(environment.drift, drift),
            "slots": .array(environment.slots.map(slot)),
        ])
    }

    private static func drift(_ drift: EnvironmentStatus.Drift) -> JSONValue {
        switch drift {
        case .none: .object(["differs": .bool(false), "reasons": .strings([])])
        case .unknown: .object(["differs": .null, "reasons": .strings([])])
        case .differs(let texts): .object(["differs": .bool(true), "reasons": .strings(texts)])
        }
    }

    private static func slot(_ slot: SlotStatus) -> JSONValue {
        .object([
            "slot": .string(slot.name), "state": .string(slot.state.rawValue),
            "manifest": .string(slot.manifest?.hex),
            "releases": .array(slot.releases.map(JSONValue.int)), "is_live": .bool(slot.isLive),
            "was_asked": .bool(slot.answer != nil), "has_drifted": .bool(slot.hasDrifted),
        ])
    }
}
