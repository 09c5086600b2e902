import Digests
import JSON

/// The option settings that the tool adds to every bundle. Configuration files count in the order of their
/// names (docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html), and this one comes late.
///
/// It is JSON, which these files may be: one way to quote, for any value.
enum PipelineConfig {
    static let ownVariables = [
        "PIPELINE_IMAGE", "PIPELINE_MANIFEST", "PIPELINE_RELEASE", "SITE_DATA",
    ]
    static let environment = "aws:elasticbeanstalk:application:environment"
    static let command = "aws:elasticbeanstalk:command"

    /// Bytes of all variables of an environment together
    /// (docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb3-setenv.html).
    private static let variableBytes = 4096

    static func entry(_ settings: BundleSettings) -> BundleEntry {
        var options: [String: JSONValue] = [
            environment: .object(variables(settings).mapValues { .string($0) })
        ]
        if let timeout = settings.commandTimeout {
            options[command] = .object(["Timeout": .string("\(timeout)")])
        }
        let value = JSONValue.object(["option_settings": .object(options)])
        return BundleEntry(path: GeneratedPath.config, text: value.indentedText(.yaml))
    }

    static func variables(_ settings: BundleSettings) -> [String: String] {
        var variables = settings.variables
        variables["PIPELINE_RELEASE"] = "\(settings.release)"
        variables["PIPELINE_MANIFEST"] = settings.manifest.hex
        variables["PIPELINE_IMAGE"] = settings.image
        variables["SITE_DATA"] = settings.containerFolder
        return variables
    }

    static func findings(_ settings: BundleSettings) -> [BundleFinding] {
        let all = variables(settings)
        let bytes = all.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 2 }
        var findings: [BundleFinding] = []
        if bytes > variableBytes {
            findings.append(
                BundleFinding(
                    .error, GeneratedPath.config,
                    "the variables have \(bytes) bytes, and Beanstalk takes \(variableBytes)",
                    advice: "shorten them, or put them into a file in the image"))
        }
        for (name, value) in settings.variables.sorted(by: { $0.key < $1.key })
        where value.utf8.first == UInt8(ascii: "`") {
            findings.append(
                BundleFinding(
                    .warning, GeneratedPath.config,
                    "Beanstalk takes the value of \"\(name)\" for a function, as it begins with `",
                    advice: "write it without the `"))
        }
        return findings
    }
}
