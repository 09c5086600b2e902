/// The hook that removes images of earlier releases, before they fill the disk of the instance.
enum PruneHook {
    static func entry(_ settings: BundleSettings) -> BundleEntry {
        let retained = Set([settings.image] + settings.retainedImages).sorted()
        let script = ShellText.script(
            [
                ("repository", settings.repository),
                ("retained", retained.joined(separator: " ")),
            ], body: PackageResources.prune_images_sh)
        return BundleEntry(path: GeneratedPath.prune, text: script, isExecutable: true)
    }
}
