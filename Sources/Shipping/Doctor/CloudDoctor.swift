import AWS
import DeployLocking
import DeployTargets
import Docker
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Texts
import TransportProviders

/// The preconditions of an environment at AWS: asked side by side, and nothing is changed.
struct CloudDoctor {
    private let context: ShippingContext
    private let cloud: Cloud
    private let questions: CloudQuestions
    private let service: [ServiceCheck]

    init(context: ShippingContext, cloud: Cloud) throws {
        self.context = context
        self.cloud = cloud
        cloud.prefetch()
        let questions = try CloudQuestions(context, cloud.client)
        self.questions = questions
        service =
            cloud.service?.checks {
                try questions.fileSystem?.accessPoints.get() ?? []  // it names no file system
            } ?? []  // nothing runs releases
    }

    private var area: String { context.environment.name }
    private var client: AWSClient { cloud.client }

    func diagnoses() -> [Diagnosis] {
        var found: [Diagnosis] = []
        if let warning = cloud.warning {
            found.append(
                Diagnosis(
                    area, "endpoint", .warning, warning,
                    advice:
                        "take \"endpoint\" out of the environment, the shell or the profile to reach AWS itself"
                ))
        }
        // Without credentials all else would say the same in other words.
        do {
            let identity = try cloud.identity()
            found.append(
                Diagnosis(area, "identity", .good, "\(identity.arn), account \(identity.account)"))
        } catch {
            return found + [Diagnosis(area, "identity", .bad, "\(error)")]
        }
        let parts: [(String, () throws -> [Diagnosis])] =
            [
                ("credentials", credentials), ("record", record), ("leftovers", leftovers),
                ("registry", registry), ("file system", fileSystem), ("backups", backups),
            ] + service.map { ($0.subject, $0.diagnoses) } + [
                ("alarms", alarms), ("recommendations", recommendations),
            ]
        for (subject, part) in parts {
            do { found += try part() } catch { found.append(.unknown(area, subject, error)) }
        }
        return found
    }

    private func credentials() throws -> [Diagnosis] {
        guard let end = try questions.credentials.get() else {
            return [Diagnosis(area, "credentials", .good, "no end is known")]
        }
        let minutes = end.minutesFromNow
        return [
            Diagnosis(
                area, "credentials", minutes < 30 ? .warning : .good, "end in \(minutes) min",
                advice: minutes < 30 ? "sign in again before a long run (aws sso login)" : "")
        ]
    }

    private func record() throws -> [Diagnosis] {
        do {
            guard let holder = try cloud.record().holder else {
                return [Diagnosis(area, "record", .good, "nobody works on the environment")]
            }
            return [
                Diagnosis(
                    area, "record", .warning, "\(holder.name) holds it: \(holder.reason)",
                    advice: "wait, or look with pipeline unlock")
            ]
        } catch let error as AWSError where error.code == "NoSuchBucket" {
            let isOwn = context.environment.aws?.bucket != nil
            return [
                Diagnosis(
                    area, "bucket", isOwn ? .bad : .good,
                    "\(try cloud.bucket()) does not exist yet",
                    advice: isOwn ? "make it, or name another one" : "")
            ]
        }
    }

    private func leftovers() throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        let data = context.environment.data
        let cost = data.provider.temporary?.bills(data.route).compactMap(\.costPerHour).first
        let name = context.project.definition.project
        for left in try questions.leftovers?.get() ?? [] {
            let isNamedAlike = left.project == name && left.environment == area
            let isOwn = isNamedAlike && left.site == cloud.site.prefix
            found.append(
                Diagnosis(
                    area, "\(left.noun) \(left.resource)", .bad,
                    "\(left.article) of project \(left.project), environment \(left.environment), "
                        + "exists and is billed"
                        + (cost.map { ": about \(Dollars.text($0)) USD an hour" }
                            ?? ""),
                    advice: isOwn
                        ? "if no run is active: pipeline doctor --fix"
                        : isNamedAlike && left.site == nil
                            ? "an earlier version made it, perhaps for another site: delete it at AWS if no run uses it"
                            : "its own site deletes it",
                    remedy: isOwn ? .clearLeftovers(environment: area) : nil))
        }
        for lease in try context.ledger?.openLeases(environment: area) ?? []
        where !found.contains(where: { $0.subject.hasSuffix(lease.resource ?? "-") }) {
            found.append(
                Diagnosis(
                    area, "ledger", .warning,
                    "a \(lease.kind.rawValue) of an earlier run has no end on record",
                    advice: "the next run looks for it, or pipeline doctor --fix",
                    remedy: .clearLeftovers(environment: area)))
        }
        return found.isEmpty ? [Diagnosis(area, "leftovers", .good, "nothing that costs")] : found
    }

    private func registry() throws -> [Diagnosis] {
        guard let repository = context.environment.repository else { return [] }
        let reference = try ImageReference(repository + ":latest")
        let access = RegistryAccess(context: context)
        guard let kind = access.kind(of: reference) else { return [] }
        let name = access.repository(reference, kind)
        do {
            let images = try questions.images?.get() ?? []
            return [Diagnosis(area, "repository", .good, "\(repository), \(images.count) images")]
        } catch let error as AWSError where error.code == "RepositoryNotFoundException" {
            return [
                Diagnosis(
                    area, "repository", .bad, "\(repository) does not exist",
                    advice: "aws \(kind.rawValue) create-repository --repository-name \(name)"
                        + (kind.region.map { " --region \($0)" } ?? ""))
            ]
        }
    }

    private func fileSystem() throws -> [Diagnosis] {
        guard let asked = questions.fileSystem else { return [] }
        guard let system = try asked.system.get() else {
            return [
                Diagnosis(area, "file system", .bad, "\(asked.id) does not exist in this region")
            ]
        }
        return FileSystemFacts(
            system: system, targets: try asked.targets.get(),
            lifecycle: try asked.lifecycle.get(), backup: try asked.backup.get()
        ).diagnoses(area) + (try network(try asked.targets.get()))
    }

    private func network(_ targets: [EFSMountTarget]) throws -> [Diagnosis] {
        guard let target = targets.first else { return [] }
        let groups = try client.securityGroups(ofMountTarget: target.mountTargetId)
        let opens = groups.contains { $0.ipPermissions?.contains(where: \.letsNFS) == true }
        let isForAll = groups.contains {
            $0.ipPermissions?.contains { $0.letsNFS && $0.isForAll } == true
        }
        let names = groups.compactMap(\.groupName).joined(separator: ", ")
        return [
            Diagnosis(
                area, "NFS rule", !opens ? .bad : isForAll ? .warning : .good,
                !opens
                    ? "no rule lets port 2049 in (\(names))"
                    : "port 2049 is open in \(names)" + (isForAll ? ", to all of the world" : ""),
                advice: !opens
                    ? "add an inbound rule for NFS to the file system's security group"
                    : isForAll ? "let in the security group of instances or tasks alone" : "")
        ]
    }

    /// Copies in several zones are no backup; only what has a date is.
    private func backups() throws -> [Diagnosis] {
        guard let points = try questions.fileSystem?.recoveryPoints?.get() else { return [] }
        let whole = points.filter { $0.status == "COMPLETED" }
        guard let newest = whole.compactMap(\.creationDate?.date).max() else {
            let isAsked = context.environment.data.backup != nil
            return [
                Diagnosis(
                    area, "backups", isAsked ? .warning : .good, "AWS Backup has none",
                    advice: isAsked ? "the next sync that changes something makes one" : "")
            ]
        }
        return [
            Diagnosis(
                area, "backups", .good,
                "\(whole.count), the newest of \(newest.iso8601)")
        ]
    }

    private func alarms() throws -> [Diagnosis] {
        let alarms = try questions.alarms.get()
        let loud = alarms.filter { $0.stateValue == "ALARM" }.map(\.alarmName)
        return [
            Diagnosis(
                area, "alarms", loud.isEmpty ? .good : .warning,
                "\(alarms.count) alarms (10 are free)"
                    + (loud.isEmpty ? "" : ", of which ring: " + loud.joined(separator: ", ")))
        ]
    }
    private func recommendations() throws -> [Diagnosis] {
        let status = try questions.recommendations.get()
        return [
            Diagnosis(
                area, "recommendations", .good, "AWS Compute Optimizer is \(status.lowercased())",
                advice: status == "Active"
                    ? ""
                    : "aws compute-optimizer update-enrollment-status --status Active, which is free"
            )
        ]
    }
}
