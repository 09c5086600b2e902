import AWS
import DeployTargets
import Docker
import PipelineEngine
import PipelineModel
import Posix
import TransportProviders

/// The programs and the room that this machine has.
struct MachineDoctor {
    private static let area = "this machine"

    let environments: [EnvironmentDefinition]
    let definition: Definition

    /// All asked side by side.
    func diagnoses() -> [Diagnosis] {
        let needsImage = environments.contains { Registry.target($0).lacksImage == nil }
        let needsAWS = environments.contains { $0.aws != nil }
        var asked = [
            program(
                .init(
                    ["git", "--version"], advice: "install it: commits are recorded with releases"),
                isNeeded: false),
            program(.init(["curl", "--version"], advice: "install it: sites are asked by it")),
        ]
        asked += required().map { program($0) }
        if needsAWS {
            asked.append(
                program(
                    .init(
                        ["aws", "--version"],
                        advice:
                            "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
                    )))
        }
        if needsImage { asked.append(Prefetch { Self.engine() }) }
        let found = asked.map { asked in
            do { return try asked.get() } catch { return .unknown(Self.area, "programs", error) }
        }
        return found + [Self.room(), Self.tracing()]
    }

    /// Programs of the providers that are used, each once.
    private func required() -> [RequiredProgram] {
        let used =
            environments.flatMap(\.data.provider.programs)
            + environments.flatMap { Registry.target($0).programs }
            + definition.stages.compactMap(Registry.executor).flatMap { $0.provider.programs }
            + (Registry.archiveTransport(definition)?.programs ?? [])  // there is no archive
        var each: [RequiredProgram] = []
        for program in used where !each.contains(program) { each.append(program) }
        return each
    }

    private func program(
        _ program: RequiredProgram, isNeeded: Bool = true
    ) -> Prefetch<Diagnosis> {
        Prefetch { ProgramCheck(area: Self.area, program: program, isNeeded: isNeeded).diagnosis() }
    }

    /// Its client, then the engine that answers it.
    private static func engine() -> Diagnosis {
        let client = ProgramCheck(
            area: area,
            program: .init(
                ["docker", "--version"],
                advice: "install Docker's client, or use an environment of kind preview"),
            isNeeded: true
        ).diagnosis()
        guard client.state == .good else { return client }
        do {
            return Diagnosis(area, "docker", .good, "engine \(try DockerEngine().version())")
        } catch {
            return Diagnosis(area, "docker", .bad, of: error.failure)
        }
    }

    private static func tracing() -> Diagnosis {
        guard let problem = CommandTracing.problem else {
            return Diagnosis(area, "tracing", .good, "files that commands open are seen")
        }
        return Diagnosis(
            area, "tracing", .warning, "files that commands open are not seen: \(problem)",
            advice: "name their code under \"code\" in the definition")
    }

    private static func room() -> Diagnosis {
        let free: Int64
        do { free = try FileSystem.freeBytes(".") } catch { return .unknown(area, "disk", error) }
        let gigabytes = free / 1_000_000_000
        return Diagnosis(
            area, "disk", gigabytes < 5 ? .warning : .good, "\(gigabytes) GB free",
            advice: gigabytes < 5 ? "images and data need room: free some" : "")
    }
}
