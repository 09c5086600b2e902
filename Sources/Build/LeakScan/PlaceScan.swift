import Digests

/// What was found in one layer, or in the files that an image is built from.
///
/// Whether a package brought a file is known once all of its layer was seen: findings wait until then.
struct PlaceScan {
    let name: String
    var packages = PackageFiles()
    private var waiting: [Waiting] = []

    private struct Waiting {
        let finding: LeakFinding
        /// The file of the layer that it is in, or is.
        let file: String
        var digest: Digest?
    }

    init(_ name: String) { self.name = name }

    var count: Int { waiting.count }

    mutating func add(_ rule: LeakRule, _ path: String, file: String, _ detail: String? = nil) {
        waiting.append(
            Waiting(
                finding: LeakFinding(rule: rule, place: name, path: path, detail: detail),
                file: file, digest: nil))
    }

    /// Findings since there were `count` are in a file of this digest.
    mutating func settle(since count: Int, _ digest: Digest) {
        for index in count..<waiting.count { waiting[index].digest = digest }
    }

    /// What is left when all of the place was seen.
    ///
    /// - Returns: findings in files of this build, and such as do not count in a base image.
    mutating func findings() -> (open: [LeakFinding], ifOwn: [LeakFinding]) {
        var (open, ifOwn): ([LeakFinding], [LeakFinding]) = ([], [])
        for entry in waiting {
            let rule = entry.finding.rule
            guard rule.isUsualInPackages else {
                open.append(entry.finding)
                continue
            }
            if rule == .privateKey, NameRules.isInterpreters(entry.file) { continue }
            if let digest = entry.digest, packages.owns(entry.file, digest) { continue }
            if NameRules.isInstalled(entry.file) {
                ifOwn.append(entry.finding)
            } else {
                open.append(entry.finding)
            }
        }
        return (open, ifOwn)
    }
}
