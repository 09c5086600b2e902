import AWS
import Beanstalk

/// What a file system's description says of its use. Pure.
struct FileSystemFacts {
    let system: EFSFileSystem
    let targets: [EFSMountTarget]
    let lifecycle: [EFSLifecyclePolicy]
    let backup: String?

    private var throughput: String {
        (system.throughputMode ?? "?")
            + (system.provisionedThroughputInMibps.map { " \(Int($0)) MiB/s" } ?? "")
    }

    func diagnoses(_ area: String) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let isThere = system.lifeCycleState == "available"
        let size = system.sizeInBytes?.value ?? 0
        found.append(
            Diagnosis(
                area, "file system", isThere ? .good : .bad,
                "\(system.fileSystemId) \(system.name ?? "") is \(system.lifeCycleState ?? "unknown"), "
                    + "\(size / 1_000_000) MB, \(system.performanceMode ?? "?"), \(throughput) throughput, "
                    + "backups \(backup?.lowercased() ?? "off")"))
        if system.encrypted == false {
            found.append(
                Diagnosis(
                    area, "encryption", .warning, "the file system is not encrypted at rest",
                    advice: "only a new file system can be"))
        }
        if !lifecycle.contains(where: { $0.transitionToIA != nil }) {
            found.append(
                Diagnosis(
                    area, "lifecycle", .warning,
                    "what nobody reads stays in the dear storage class",
                    advice: "set a transition to infrequent access, such as after 14 days"))
        }
        let open = targets.filter { $0.lifeCycleState == "available" }
        found.append(
            Diagnosis(
                area, "mount targets", open.isEmpty ? .bad : .good,
                "\(open.count) of \(targets.count) are available",
                advice: open.isEmpty ? "no instance can mount it: make one in its subnet" : ""))
        return found
    }
}

/// What a Beanstalk environment's settings mean for releases. Pure.
struct OptionFacts {
    let options: [BeanstalkOption]

    private static let own: Set = [
        "PIPELINE_RELEASE", "PIPELINE_MANIFEST", "PIPELINE_IMAGE", "SITE_DATA",
    ]

    private func value(_ namespace: String, _ name: String) -> String? {
        options.first { $0.namespace == namespace && $0.optionName == name }?.value
    }

    /// Where the environment tells what happens.
    var topic: String? {
        value("aws:elasticbeanstalk:sns:topics", "Notification Topic ARN")
    }

    /// What the instances' role is found by.
    var instanceProfile: String? {
        value("aws:autoscaling:launchconfiguration", "IamInstanceProfile")
    }

    func diagnoses(_ area: String) -> [Diagnosis] {
        var found: [Diagnosis] = []
        // Properties of the environment win over every file of a bundle.
        let hidden = options.filter {
            $0.namespace == "aws:elasticbeanstalk:application:environment"
                && Self.own.contains($0.optionName ?? "")
        }.compactMap(\.optionName)
        // A deployed bundle's own variables are listed too, with the values that it gave.
        if let timeout = value("aws:elasticbeanstalk:command", "Timeout").flatMap(Int.init) {
            found.append(
                Diagnosis(
                    area, "command timeout", timeout < 600 ? .warning : .good, "\(timeout) s",
                    advice: timeout < 600
                        ? "pulling a large image takes longer: raise it in .ebextensions" : ""))
        }
        if let types = value("aws:ec2:instances", "InstanceTypes")
            ?? value("aws:autoscaling:launchconfiguration", "InstanceType")
        {
            found.append(Diagnosis(area, "instances", .good, types))
        }
        if let groups = value("aws:autoscaling:launchconfiguration", "SecurityGroups") {
            found.append(Diagnosis(area, "security groups", .good, groups))
        }
        if let address = value("aws:elasticbeanstalk:sns:topics", "Notification Endpoint") {
            found.append(Diagnosis(area, "told by mail", .good, address))
        }
        if !hidden.isEmpty {
            found.append(
                Diagnosis(
                    area, "variables", .good, "set by releases: \(hidden.joined(separator: ", "))"))
        }
        return found
    }
}
