import AWS
import DeployTargets
import Docker
import PipelineEngine
import PipelineModel
import Posix
import Processes
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
            program(["git", "--version"], isNeeded: false, "commits are recorded with releases"),
            program(["curl", "--version"], isNeeded: true, "sites are asked by it: install curl"),
        ]
        asked += required().map { program($0.words, isNeeded: true, $0.advice) }
        if needsAWS {
            asked.append(
                program(
                    ["aws", "--version"], isNeeded: true,
                    "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
                ))
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
        _ words: [String], isNeeded: Bool, _ advice: String
    ) -> Prefetch<Diagnosis> {
        Prefetch {
            let name = words[0]
            do {
                let output = try ProcessRunner.run(ProcessCommand(words), timeout: 30)
                let text = output.standardOutputText + output.standardErrorText
                let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                return Diagnosis(Self.area, name, .good, String(line.prefix(60)))
            } catch {
                return Diagnosis(
                    Self.area, name, isNeeded ? .bad : .warning, "\(error)", advice: advice)
            }
        }
    }

    private static func engine() -> Diagnosis {
        do {
            return Diagnosis(area, "docker", .good, "engine \(try DockerEngine().version())")
        } catch { return Diagnosis(area, "docker", .bad, "\(error)") }
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
