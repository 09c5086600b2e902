/// The paths that the tool writes into every bundle.
enum GeneratedPath {
    static let dockerrun = "Dockerrun.aws.json"
    static let config = ".ebextensions/zz-pipeline.config"
    /// Hooks of one folder run in the order of their names
    /// (docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.hooks.html). The check must
    /// come after the hook that mounts the file system, so its name comes after any usual one.
    static let check = "zz_pipeline_check.sh"
    static let checks = [
        ".platform/hooks/predeploy/\(check)", ".platform/confighooks/predeploy/\(check)",
    ]
    static let prune = ".platform/hooks/postdeploy/zz_pipeline_prune.sh"
    /// A folder of the tool's own in the bundle.
    static let folder = ".pipeline"

    static func isGenerated(_ path: String) -> Bool {
        path == config || path == prune || checks.contains(path) || path.hasPrefix(folder + "/")
    }
}
