package import PipelineModel
import PipelinePlanning
import Tracing

extension StageScheduler {
    /// What a command was seen to open is its code, without what the unit declares; a file that another unit makes, or that
    /// the unit declares as one that it may read, was read.
    func sorted(_ reply: WorkerProtocol.Reply, of unit: UnitSpec) -> WorkerProtocol.Reply {
        guard case .command = unit.kind, let opened = reply.loaded else { return reply }
        var rest = Set(opened).subtracting(unit.inputs).subtracting(unit.outputs)
            .subtracting(unit.declaredCode)
        if let inPlace = unit.inPlace {
            rest = rest.filter { !inPlace.holds($0) && !inPlace.isMarker($0) }
        }
        let mayRead = Set(unit.mayRead)
        let read = rest.filter { mayRead.contains($0) || makers[$0] != nil }
        return WorkerProtocol.Reply(
            id: reply.id, ok: reply.ok, error: nil, loaded: rest.subtracting(read).sorted(),
            read: read.sorted(), values: nil, metrics: nil)
    }
}

extension StageScheduler {
    /// Whether a unit writes in place and its stage comes before this one: what it makes may be read without being
    /// named, for which files those are is known only after it has run.
    func isMadeBefore(_ maker: String) -> Bool {
        guard maker != stage.name else { return false }
        return survey.project.definition.closure(of: [stage.name]).contains { earlier in
            // The unit of such a stage has the stage's name.
            guard earlier.name == maker, case .units(let content) = earlier.content else {
                return false
            }
            return content.templates.contains { $0.inPlace != nil }
        }
    }
}

/// Which of a project's files count when a command opens them.
package enum ProjectFiles {
    private static let recordsOfVersions: Set = [".git", ".hg", ".svn", ".jj"]

    /// - Parameter paths: relative to the project.
    /// - Returns: sorted, each once.
    package static func counting(_ paths: [String]) -> [String] {
        Set(paths.compactMap(counted)).sorted()
    }

    /// The file that counts for one that was opened, if any.
    private static func counted(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let name = parts.last, let top = parts.first, !top.hasPrefix(".pipeline"),
            !parts.contains(where: { recordsOfVersions.contains(String($0)) })
        else { return nil }
        // Python reads the compiled module alone where its source has the recorded time and size (PEP 3147).
        guard parts.dropLast().last == "__pycache__" else {
            return parts.contains(where: { $0.hasPrefix(".pipeline-aside") }) ? nil : path
        }
        guard name.hasSuffix(".pyc"), let end = name.firstIndex(of: ".") else { return nil }
        return (parts.dropLast(2) + [name[..<end] + ".py"]).joined(separator: "/")
    }
}

/// Whether what commands open is reported on this machine.
package enum CommandTracing {
    /// Why not; nil where it is.
    package static let problem = Tracer.problem()

    /// What does not count of a stage's code, for people; nil where all of it does.
    package static func note(_ stage: Stage) -> String? {
        guard case .units(let content) = stage.content,
            content.templates.contains(where: { $0.command != nil && $0.limits.isTraced }),
            let problem
        else { return nil }
        return
            "files that commands open are not traced here: \(problem). Of their code only scripts that a command "
            + "line names count, and what stands under \"code\""
    }
}
