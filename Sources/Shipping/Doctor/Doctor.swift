import DeployTargets
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix
import Slots
import TransportProviders

/// Looks at every precondition of the environments, and changes nothing.
package struct Doctor {
    private let project: Project
    private let environments: [EnvironmentDefinition]
    private let ledger: LedgerReader?

    package init(
        _ project: Project, _ environments: [EnvironmentDefinition], ledger: LedgerReader?
    ) {
        self.project = project
        self.environments = environments
        self.ledger = ledger
    }

    package func diagnoses() throws -> [Diagnosis] {
        var found = MachineDoctor(
            environments: environments, definition: project.definition
        ).diagnoses()
        found += protection()
        found += executors()
        found += StageDoctor(project: project, ledger: ledger).diagnoses()
        found += try ArchiveDoctor(project: project, ledger: ledger).diagnoses()
        for environment in environments {
            let context: ShippingContext
            do {
                context = try ShippingContext(project, environment, ledger: ledger)
            } catch {
                found.append(Diagnosis(environment.name, "settings", .bad, "\(error)"))
                continue
            }
            found += providers(environment)
            if let cloud = context.cloud {
                found += try CloudDoctor(context: context, cloud: cloud).diagnoses()
            } else {
                found += place(context)
            }
            found += context.cloud?.service?.fileDiagnoses() ?? []  // nothing runs releases
            found += SiteDoctor(context: context).diagnoses()
            if let remark = LiveSite.remark(environment) {
                found.append(Diagnosis(environment.name, "health", .good, remark))
            }
        }
        return found
    }

    /// What the executors of stages ask for themselves, each once.
    private func executors() -> [Diagnosis] {
        var asked: Set<ExecutorOptions> = []
        return project.definition.stages.flatMap { stage -> [Diagnosis] in
            guard let (provider, options) = Registry.executor(stage),
                asked.insert(options).inserted
            else { return [] }
            return collected("stages", "\(stage.name): \(provider.schema.name)") {
                try provider.checks(stage.name, options)
            }
        }
    }

    /// What the providers of an environment ask for themselves.
    private func providers(_ environment: EnvironmentDefinition) -> [Diagnosis] {
        let transport = environment.data.provider
        return collected(environment.name, transport.schema.name) {
            try transport.checks(environment.name, environment.data.route)
        }
            + collected(environment.name, environment.kind.name) {
                try Registry.target(environment).checks(environment)
            }
    }

    /// A question that could not be answered is reported as that.
    private func collected(
        _ area: String, _ subject: String, _ body: () throws -> [Diagnosis]
    ) -> [Diagnosis] {
        do { return try body() } catch { return [.unknown(area, subject, error)] }
    }

    /// Stages whose outputs nothing looks after.
    private func protection() -> [Diagnosis] {
        project.definition.stages.compactMap { stage in
            OutputProtection.gap(stage).map {
                Diagnosis("stages", stage.name, .warning, $0)
            }
        }
    }

    /// Where the data of an environment without AWS is kept.
    private func place(_ context: ShippingContext) -> [Diagnosis] {
        let area = context.environment.name
        do {
            let entries = try context.places.rootTransport.entries(of: nil)
            guard entries != nil else {
                return [
                    Diagnosis(
                        area, "data", .good,
                        "\(context.environment.data.route.root) is made by the first sync")
                ]
            }
            return [Diagnosis(area, "data", .good, context.environment.data.route.root)]
        } catch { return [Diagnosis(area, "data", .bad, "\(error)")] }
    }

    /// Does what a person has asked for.
    package static func apply(
        _ remedy: Remedy, _ project: Project, _ environments: [EnvironmentDefinition],
        _ session: RunSession
    ) throws {
        switch remedy {
        case .clearLeftovers(let name):
            guard let environment = environments.first(where: { $0.name == name }) else { return }
            let context = try RunContext(project, environment, session)
            defer { context.cloud?.release(session) }
            try context.sweep(LeaseOptions())
        case .makeExecutable(let path): try FileSystem.changeMode(path, to: 0o755)
        }
    }
}
