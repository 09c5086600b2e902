import Digests
import PipelineEngine
import PipelineLedger
import Terminal

/// What runs where, for people: a table, and under it what is to be known of each environment.
enum EnvironmentsText {
    static func lines(
        _ environments: [EnvironmentStatus], _ nowMs: Int64, _ style: Style
    ) -> [String] {
        var table = Table([
            .init("  NAME"), .init("RELEASE", .right), .init("AGE", .right), .init("CODE"),
            .init("DATA"), .init("SLOT"),
        ])
        for environment in environments { table.add(row(environment, nowMs, style)) }
        return table.render(style: style)
            + environments.flatMap { notes($0, style) + slots($0, style) }
    }

    private static func row(
        _ environment: EnvironmentStatus, _ nowMs: Int64, _ style: Style
    ) -> [String] {
        let name = "  " + Format.escaped(environment.name)
        guard let live = environment.live else { return [name, style.dim("none")] }
        let release = environment.release
        let since = live.endedMs ?? live.startedMs
        return [
            name, String(live.release), Format.duration(Double(max(0, nowMs - since)) / 1000),
            release.map(DeploymentText.code) ?? "", release?.manifest.short ?? "",
            live.slot.map(Format.escaped) ?? "",
        ]
    }

    private static func notes(_ environment: EnvironmentStatus, _ style: Style) -> [String] {
        let name = Format.escaped(environment.name)
        var lines: [String] = []
        if let trouble = environment.trouble {
            lines.append("  " + DeploymentText.line(environment.name, trouble, style))
        }
        guard let live = environment.live else { return lines }
        if let maker = DeploymentText.maker(live) {
            lines.append("  \(name): release \(live.release) was deployed \(maker)")
        }
        switch environment.drift {
        case .none?: lines.append("  \(name): \(style.green("up to date"))")
        case .unknown?:
            lines.append("  \(name): unknown whether it is up to date")
        case .differs(let texts)?:
            let more = texts.count > 2 ? "; and \(texts.count - 2) more" : ""
            lines.append(
                "  \(name): \(style.yellow("differs from the project")): "
                    + Format.escaped(texts.prefix(2).joined(separator: "; ")) + more)
        case nil:
            lines.append(
                style.dim(
                    "  \(name): not compared with the project; `pipeline status -e \(name)` does"))
        }
        return lines
    }

    private static func slots(_ environment: EnvironmentStatus, _ style: Style) -> [String] {
        guard !environment.slots.isEmpty else { return [] }
        var table = Table([.init(""), .init(""), .init(""), .init("")])
        for slot in environment.slots {
            table.add([
                "    slot \(Format.escaped(slot.name))", slot.manifest?.short ?? "", holds(slot),
                slot.hasDrifted
                    ? style.red("its content has drifted: it is filled again when needed")
                    : (slot.isLive ? style.green("live") : ""),
            ])
        }
        return table.render()
    }

    private static func holds(_ slot: SlotStatus) -> String {
        switch slot.state {
        case .empty: return "empty"
        case .writing: return "being filled, or its filling was cut off"
        case .complete: break
        }
        guard let newest = slot.releases.first else { return "data of no release" }
        let others = slot.releases.count > 1 ? " and \(slot.releases.count - 1) more" : ""
        return "release \(newest)\(others)"
    }
}
