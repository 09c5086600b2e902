import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import SiteRuntime

/// Whether the live release of an environment of this machine answers at its public address. Changes nothing.
struct LiveSite {
    let context: ShippingContext

    private var health: HealthSettings { context.environment.site.health }

    /// What is wrong; nil where the release answers as it should.
    ///
    /// A site that names no release is known by the container or the process of its deployment: it runs, holds its port,
    /// and requests go to that port.
    func complaint(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> String? {
        if health.identity == .none, let fault = try instanceFault(live) { return fault }
        let answer = SiteHealth.ask(context.healthAddress(), timeout: 5)
        let (manifest, identity) = (record.manifest.hex, health.identity.needed)
        if answer.isGood(release: record.number, manifest: manifest, identity: identity) {
            return nil
        }
        return answer.complaint(release: record.number, manifest: manifest, identity: identity)
    }

    private func instanceFault(_ live: DeploymentRecord) throws -> String? {
        let runtime = try context.runtime()
        let found = try runtime.instances().filter { $0.deployment == live.id }
        guard let instance = found.first(where: { $0.end == nil }), let port = instance.port else {
            return found.first?.end ?? "the site that was started is gone"
        }
        guard try context.front().target() == port else {
            return "requests do not go to the site that was started"
        }
        switch try runtime.portHolder(instance) {
        case .instance: return nil
        case .nobody: return "the site that was started does not listen at its port"
        case .other(let name):
            return "\(name) answers at the port of the site that was started"
        }
    }

    /// How it is known which release answers, for the end of a sentence; empty where the site names its release.
    static func certainty(_ environment: EnvironmentDefinition) -> String {
        guard environment.site.health.identity == .none else { return "" }
        return environment.kind.runsHere
            ? " (known by its process and port, not by its own answer)"
            : " (known by what AWS reports, not by its own answer)"
    }

    /// What is not checked of a site that names no release.
    static func remark(_ environment: EnvironmentDefinition) -> String? {
        let health = environment.site.health
        guard health.identity == .none, let evidence = Registry.target(environment).evidence
        else { return nil }
        return
            "the site does not name its release (health.identity: none): \(evidence), and status 200 of "
            + "\(health.path), are checked; which code answers and which data it reads is not"
    }
}

extension SiteIdentity {
    /// What an answer at this machine must tell.
    var needed: HealthIdentity {
        switch self {
        case .release: .required
        case .none: .none
        }
    }

    /// What an answer must tell where AWS reports which version runs.
    var neededAtAWS: HealthIdentity {
        switch self {
        case .release: .optional
        case .none: .none
        }
    }
}
