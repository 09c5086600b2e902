import Archive
import ArchiveHistory
import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Terminal
import Texts

/// `pipeline archive`: what the archive of the project holds.
enum ArchiveCommand {
    static let commands: [Command] = [status]

    static let command = Command(
        CommandSpec(
            "archive", summary: "what the project's archive holds, and by whom",
            subcommands: commands.map(\.spec)),
        { invocation in
            let name = invocation.arguments.path.dropFirst().first
            guard let command = commands.first(where: { $0.spec.name == name }) else {
                return .usage
            }
            return try command.body(invocation)
        })

    private static let status = Command(
        CommandSpec(
            "status", summary: "show size, authors, releases and findings of the archive",
            discussion:
                "With --price it adds what a month of storage comes to at a price per gigabyte, as your provider "
                + "publishes it.\n\nExample: pipeline archive status --price 0.023",
            options: [
                .value("price", "USD", help: "US dollars a month for a gigabyte (10^9 bytes)")
            ]), run)

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let price = try price(invocation)
        let project = try invocation.project()
        guard project.definition.archive != nil else { throw ArchiveUpkeep.noArchive }
        try invocation.readArchive(project, afresh: true)
        try (project.shared as? ProjectArchive)?.mustHaveAnswered()
        let upkeep = try ArchiveUpkeep(project, ledger: try invocation.ledger(), cancel: nil)
        let status = try upkeep.status()
        if invocation.isJSON {
            invocation.print(json(status, price).text)
        } else {
            lines(status, price, invocation.style).forEach(invocation.print)
        }
        return .done
    }

    /// - Throws: `UsageError`.
    private static func price(_ invocation: Invocation) throws -> Double? {
        guard let text = invocation.arguments.value("price") else { return nil }
        guard let price = Double(text), price >= 0, price < 1000 else {
            throw UsageError(
                "bad-value", "--price takes US dollars a month for a gigabyte, and not \"\(text)\"",
                next: "write a number such as 0.023", run: "pipeline archive status --help")
        }
        return price
    }

    private static func lines(
        _ status: ArchiveUpkeep.Status, _ price: Double?, _ style: Style
    ) -> [String] {
        var lines = [style.bold(Format.escaped(status.place))]
        let month = price.map { price in
            ", about \(Dollars.text(Double(status.bytes) / 1e9 * price)) USD a month"
        }
        lines.append(
            "\(Format.count(status.contents)) contents, \(Format.bytes(status.bytes))\(month ?? "")"
        )
        var table = Table([
            .init("AUTHOR"), .init("SEGMENTS", .right), .init("RESULTS", .right),
            .init("BYTES", .right),
        ])
        for share in status.shares {
            table.add([
                Format.escaped(share.author), Format.count(Int(share.segments)),
                Format.count(Int(share.results)), Format.bytes(share.bytes),
            ])
        }
        lines += table.render(width: nil, style: style)
        for (environment, releases) in Dictionary(grouping: status.releases, by: \.environment)
            .sorted(by: { $0.key < $1.key })
        {
            lines.append(
                "\(Format.escaped(environment)): \(Format.count(releases.count)) releases, the newest is "
                    + "\(releases[0].number) by \(Format.escaped(releases[0].author.text))")
        }
        for pin in status.pins {
            lines.append(
                "kept for ever: release \(pin.release) of \(Format.escaped(pin.environment)) as "
                    + Format.escaped(pin.name))
        }
        for segment in status.segments {
            guard let reason = segment.refused else { continue }
            lines.append(
                "\(style.red("not used")) \(segment.file.name): \(Format.escaped(reason))")
        }
        for object in status.damaged {
            lines.append("\(style.red("damaged")) \(Format.escaped(object.path))")
        }
        return lines
    }

    private static func json(_ status: ArchiveUpkeep.Status, _ price: Double?) -> JSONValue {
        [
            "place": .string(status.place), "contents": .int(status.contents),
            "bytes": .int(status.bytes),
            "usd_per_month": JSONValue.optional(price) {
                .double(Double(status.bytes) / 1e9 * $0)
            },
            "authors": .array(
                status.shares.map {
                    [
                        "author": .string($0.author), "segments": .int($0.segments),
                        "results": .int($0.results), "bytes": .int($0.bytes),
                    ]
                }),
            "releases": .int(status.releases.count),
            "pins": .array(
                status.pins.map(\.json)),
            "refused": .array(
                status.segments.filter { $0.refused != nil }.map {
                    ["segment": .string($0.file.name), "reason": .string($0.refused)]
                }),
            "damaged": .array(status.damaged.map { .string($0.path) }),
        ]
    }
}
