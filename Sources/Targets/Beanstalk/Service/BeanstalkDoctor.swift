import AWS
import Bundles
import DeployTargets
import Digests
import PipelineModel
import Posix
import Texts

/// The preconditions of a Beanstalk environment, asked side by side; nothing is changed.
struct BeanstalkDoctor {
    private let place: ServicePlace
    private let config: BeanstalkConfig
    private let site: () throws -> BeanstalkEnvironment?
    private let options: Prefetch<[BeanstalkOption]>
    private let applicationVersions: Prefetch<[BeanstalkVersion]>

    /// - Parameter site: answers with the environment as it is.
    init(
        _ place: ServicePlace, _ config: BeanstalkConfig,
        site: @escaping () throws -> BeanstalkEnvironment?
    ) {
        self.place = place
        self.config = config
        self.site = site
        let client = place.client
        options = Prefetch {
            try client.configuration(
                environment: config.environment, application: config.application)
        }
        applicationVersions = Prefetch { try client.versions(application: config.application) }
    }

    private var area: String { place.environment.name }

    var checks: [ServiceCheck] {
        [
            ServiceCheck("Beanstalk", environment), ServiceCheck("settings", settings),
            ServiceCheck("instance role", instances), ServiceCheck("versions", versions),
        ]
    }

    private func environment() throws -> [Diagnosis] {
        guard let site = try site() else {
            return [
                Diagnosis(
                    area, "Beanstalk", .bad,
                    "no environment \(config.environment) in application \(config.application)",
                    advice: "make it (eb create), or correct \"beanstalk\"")
            ]
        }
        let isWell = site.status == .ready && site.health != "Red"
        return [
            Diagnosis(
                area, "Beanstalk", isWell ? .good : .warning,
                "\(config.environment) is \(site.status.text), health \(site.health ?? "unknown"), "
                    + "runs \(site.versionLabel ?? "nothing")",
                advice: isWell ? "" : "pipeline logs --events -e \(area)")
        ]
    }

    private func settings() throws -> [Diagnosis] {
        let facts = OptionFacts(options: try options.get())
        var found = facts.diagnoses(area)
        if let topic = facts.topic {
            let pending = try place.client.subscriptions(topic: topic).filter(\.isPending)
            found.append(
                Diagnosis(
                    area, "notifications", pending.isEmpty ? .good : .warning,
                    pending.isEmpty
                        ? "all addresses are confirmed"
                        : "\(pending.compactMap(\.endpoint).joined(separator: ", ")) not confirmed",
                    advice: pending.isEmpty ? "" : "its owner has to answer the mail of AWS"))
        }
        return found
    }

    private func versions() throws -> [Diagnosis] {
        let count = try applicationVersions.get().count
        return [
            Diagnosis(
                area, "versions", count > 900 ? .warning : .good,
                "\(count) application versions of 1000",
                advice: count > 900 ? "delete some at Beanstalk that other tools made" : "")
        ]
    }

    private func instances() throws -> [Diagnosis] {
        guard let profile = OptionFacts(options: try options.get()).instanceProfile else {
            return []
        }
        return try place.client.roles(ofInstanceProfile: profile).flatMap { role in
            InstanceFacts(
                role: role, policies: try place.client.policies(ofRole: role),
                memoryFile: try memoryFile()
            ).diagnoses(area)
        }
    }

    private func memoryFile() throws -> String? {
        guard let files = config.files else { return nil }
        let folder = place.absolute(files) + "/.ebextensions"
        guard try FileSystem.status(folder)?.kind == .directory else { return nil }
        return try FileSystem.entries(of: folder).map(\.name).sorted().first { name in
            guard name.hasSuffix(".config") else { return false }
            let text = try FileSystem.readText("\(folder)/\(name)")
            return text.contains("amazon-cloudwatch-agent") && text.contains("mem")
        }
    }

    /// What the bundle's files would make Beanstalk do. Asks nothing of AWS.
    static func files(_ place: ServicePlace, _ config: BeanstalkConfig) -> [Diagnosis] {
        let area = place.environment.name
        guard let folder = config.files else { return [] }
        do {
            let run = RunSettings(place.environment, .beanstalk)
            let plan = try Bundle.plan(
                BundleSettings(
                    image: "example.org/site@sha256:" + String(repeating: "0", count: 64),
                    containerPort: run.containerPort, hostFolder: "\(run.instanceRoot)/a",
                    dataFolder: run.mountFrom, containerFolder: run.mountTo, release: 0,
                    manifest: Digest.of("")),
                folder: place.absolute(folder))
            guard !plan.findings.isEmpty else {
                return [Diagnosis(area, "Beanstalk files", .good, folder)]
            }
            return plan.findings.map { finding in
                Diagnosis(
                    area, finding.file, finding.severity == .error ? .bad : .warning, finding.text,
                    advice: finding.advice)
            }
        } catch { return [Diagnosis(area, "Beanstalk files", .bad, "\(error)")] }
    }
}
