import Digests

/// The hooks that keep a release from starting on data that is not its own.
///
/// It runs at every deployment, and as a hook for changes of the configuration as well, as those start the
/// container again.
struct PredeployCheck {
    /// Where Beanstalk writes what it does on an instance, and what it shows when a deployment fails.
    static let engineLog = "/var/log/eb-engine.log"

    let entries: [BundleEntry]

    init(_ settings: BundleSettings, list: DigestList?, engineLog: String = engineLog) {
        let script = ShellText.script(
            [
                ("release", "\(settings.release)"),
                ("manifest", settings.manifest.hex),
                ("slot", settings.hostFolder),
                ("patience", "\(settings.mountPatience)"),
                ("list", list?.entry.path ?? ""),
                ("list_digest", list?.entry.digest.hex ?? ""),
                ("pickles", list == nil ? "" : "\(list?.pickles ?? 0)"),
                ("engine_log", engineLog),
            ], body: PackageResources.predeploy_check_sh)
        entries = GeneratedPath.checks.map {
            BundleEntry(path: $0, text: script, isExecutable: true)
        }
    }
}
