import PipelineModel

/// An Elastic Beanstalk environment with Docker's platform, as an environment's file names it.
struct BeanstalkConfig: Sendable, Hashable {
    let application: String
    let environment: String
    /// The folder with `.ebextensions`, `.platform` and a template of `Dockerrun.aws.json`; relative to the
    /// project. nil for none.
    let files: String?
    /// Where the instances mount the file system that holds the slots.
    let mount: String
    /// The folder below the mount that holds the slots, where it differs from the data's root.
    let root: String?
    /// How many application versions are kept besides those that are needed.
    let versions: Int
    /// Seconds: for a busy environment to be free, and for an update to end.
    let patience: Double
    let timeout: Double
    /// Seconds in which instances or tasks report what they run, once an update has ended.
    let settle: Double
    /// Whether an update that went wrong is followed by one back to the last healthy release.
    let fallsBack: Bool
    /// The address of the site; nil for the environment's own.
    let url: String?

    init(_ options: TargetOptions) {
        application = options.text("application")
        environment = options.text("environment")
        files = options["files"]
        mount = options.text("mount")
        root = options["root"]
        versions = options.integer("versions")
        patience = options.duration("patience")
        timeout = options.duration("timeout")
        settle = options.duration("settle")
        fallsBack = options.boolean("fall_back")
        url = options["url"]
    }
}

extension TargetSchema {
    static let beanstalk = TargetSchema(
        name: "beanstalk", summary: "an Elastic Beanstalk environment",
        keys: [
            KeySchema("application", .string, required: true, "name of the application"),
            KeySchema("environment", .string, required: true, "name of the environment"),
            KeySchema("files", .string, "folder with .ebextensions and .platform"),
            KeySchema("mount", .string, default: "/efs", "where instances mount the file system"),
            KeySchema(
                "root", .string,
                "folder below the mount that holds the slots; default: the root of the data"),
            KeySchema(
                "versions", .integer(1...1000), default: "10", "application versions to keep"),
            KeySchema(
                "patience", .duration, default: "15m", "time for a busy environment to be free"),
            KeySchema("timeout", .duration, default: "30m", "time for an update to end"),
            KeySchema(
                "settle", .duration, default: "150s",
                "time for instances or tasks to report the new version after an update"),
            KeySchema(
                "fall_back", .boolean, default: "true",
                "go back by itself to the last healthy release"),
            KeySchema("url", .string, "address of the site; default: that of the environment"),
        ], keysHelp: "the Elastic Beanstalk environment",
        needs: [.site, .repository, .aws, .section],
        findings: { options in
            options.text("mount").hasPrefix("/")
                ? []
                : [
                    Finding(
                        "mount", "\"mount\" is no absolute path", code: "bad-path",
                        advice: "write one, such as /efs")
                ]
        })
}
