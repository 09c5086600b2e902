import ArchiveHistory
import Arguments
import Failures
import JSON
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Terminal

/// `pipeline keep`: a release that is never collected.
enum KeepCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "keep", summary: "keep a release in the archive for ever, under a name",
        discussion:
            "`pipeline gc --archive` leaves what it is made of. Without arguments it lists all such releases.\n\n"
            + "Example: pipeline keep 12 --as 2026-paper -e production",
        positionals: [
            PositionalSpec(
                "release", .optional, help: "the number of the release",
                completion: .dynamic(CompletionKind.release))
        ],
        options: [
            .value(
                "environment", short: "e", "NAME", help: "the environment of the release",
                completion: .dynamic(CompletionKind.environment)),
            .value("as", "NAME", help: "the name, such as 2026-paper"),
            .value("remove", "NAME", help: "take this name away; the release stays as others do"),
            .flag("no-wait", help: "fail at once when another run is at work"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let arguments = invocation.arguments
        let number = arguments.positional("release").flatMap(Int64.init)
        let (name, removed) = (arguments.value("as"), arguments.value("remove"))
        if arguments.positional("release") == nil, name == nil, removed == nil {
            return try list(invocation)
        }
        guard (number != nil && name != nil) != (removed != nil),
            removed == nil || (arguments.positional("release") == nil && name == nil)
        else {
            throw UsageError(
                "bad-value", "keep takes a release and its name, or the name that is taken away",
                next: "write the number of a release and a name",
                run: "pipeline keep 12 --as 2026-paper")
        }
        if let name { try check(name) }
        let project = try invocation.project()
        let environment = try project.environment(arguments.value("environment")).name
        return try SessionRunner(invocation, project).run { session in
            let pins = try ReleasePins(project, session)
            if let removed {
                let number = try pins.remove(removed, environment: environment)
                invocation.tell(
                    "release \(number) of \(Format.escaped(environment)) is no longer kept as \(removed)"
                )
            } else if let number, let name {
                guard
                    let release = try session.reader.release(number, environment: environment)
                else { throw ShippingError.releaseUnknown(number, environment: environment) }
                try pins.keep(release, as: name)
                invocation.tell(
                    "release \(number) of \(Format.escaped(environment)) is kept as \(name)")
            }
            return []
        }
    }

    private static func list(_ invocation: Invocation) throws -> ExitCode {
        let project = try invocation.project()
        guard project.definition.archive != nil else { throw ArchiveUpkeep.noArchive }
        let chosen = try invocation.arguments.value("environment").map {
            try project.environment($0).name
        }
        try invocation.readArchive(project)
        let pins = try ReleasePins.all(try invocation.ledger()).filter {
            chosen == nil || $0.environment == chosen
        }
        if invocation.isJSON {
            invocation.print(JSONValue.array(pins.map(\.json)).text)
            return .done
        }
        guard !pins.isEmpty else {
            invocation.tell("no release is kept")
            return .done
        }
        var table = Table([.init("NAME"), .init("ENVIRONMENT"), .init("RELEASE", .right)])
        for pin in pins {
            table.add([
                Format.escaped(pin.name), Format.escaped(pin.environment), String(pin.release),
            ])
        }
        table.render(width: nil, style: invocation.style).forEach(invocation.print)
        return .done
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._".utf8)

    private static func check(_ name: String) throws {
        let isPlain = name.utf8.allSatisfy(Self.plain.contains)
        guard isPlain, (1...100).contains(name.utf8.count) else {
            throw UsageError(
                "bad-value", "\"\(Format.escaped(name))\" is no name for a release",
                next: "use letters, digits, -, . and _")
        }
    }
}

extension ArchivedPin {
    var json: JSONValue {
        [
            "environment": .string(environment), "release": .int(release), "name": .string(name),
        ]
    }
}
