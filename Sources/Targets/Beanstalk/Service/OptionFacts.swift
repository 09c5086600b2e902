import AWS
import DeployTargets
import PipelineModel

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
