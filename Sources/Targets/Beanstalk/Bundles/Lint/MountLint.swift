/// Looks for what mounts the file system with the data. Only a guess, so only warnings: a mount can be part
/// of the machine's image.
///
/// The files that AWS and others show for this are `.ebextensions/env_var.config`,
/// `.ebextensions/show_efs_inside_app_dir.config` and `.platform/hooks/predeploy/mount-efs.sh`; any others
/// that do the same count as well.
enum MountLint {
    static func findings(
        in entries: [BundleEntry], settings: BundleSettings
    ) -> [BundleFinding] {
        let texts = entries.filter { isRead($0) }
        let mounting = texts.filter { mounts($0.text ?? "") }
        guard !mounting.isEmpty else {
            return [
                BundleFinding(
                    .warning, ".platform/hooks/predeploy",
                    "nothing in the bundle mounts the file system that holds "
                        + "\"\(settings.hostFolder)\"",
                    advice: "add a hook that mounts it, such as mount-efs.sh")
            ]
        }
        var findings: [BundleFinding] = []
        if !texts.contains(where: { names(settings.hostFolder, in: $0.text ?? "") }) {
            let top = settings.hostFolder.split(separator: "/").first ?? ""
            findings.append(
                BundleFinding(
                    .warning, mounting[0].path,
                    "a file system is mounted, and no file names a folder that "
                        + "\"\(settings.hostFolder)\" is in",
                    advice: "mount it at \"/\(top)\", or change the folder of the environment"))
        }
        for entry in mounting where comesAfterCheck(entry) {
            findings.append(
                BundleFinding(
                    .error, entry.path,
                    "it runs after \(GeneratedPath.check), which needs the file system to be mounted",
                    advice: "give it a name that comes before, such as 01_mount.sh"))
        }
        return findings
    }

    private static func isRead(_ entry: BundleEntry) -> Bool {
        entry.path.hasPrefix(".platform/hooks/")
            || entry.path.hasPrefix(".ebextensions/") && entry.path.hasSuffix(".config")
    }

    /// Hooks run by stage, then by name; what is after the check's stage is too late as well.
    private static func comesAfterCheck(_ entry: BundleEntry) -> Bool {
        let components = entry.components
        guard components.count == 4, components[0] == ".platform", components[1] == "hooks" else {
            return false
        }
        switch components[2] {
        case "predeploy":
            return GeneratedPath.check.utf8.lexicographicallyPrecedes(components[3].utf8)
        case "postdeploy": return true
        default: return false
        }
    }

    /// A line, not a comment, with the command `mount` and a file system of a network.
    private static func mounts(_ text: String) -> Bool {
        lines(of: text).contains { line in
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
            let isMount = words.contains { $0 == "mount" || $0.hasPrefix("mount.") }
            let isNetwork = words.contains {
                ["efs", "nfs", "nfs4", "mount.efs", "mount.nfs4"].contains(String($0))
            }
            return isMount && isNetwork
        }
    }

    private static func names(_ folder: String, in text: String) -> Bool {
        var path = ""
        let folders = folder.split(separator: "/").map { component in
            path += "/\(component)"
            return path
        }
        return lines(of: text).contains { line in
            let words = line.split { !($0.isLetter || $0.isNumber || "/._-+=@".contains($0)) }
            return words.contains { word in
                folders.contains { $0.split(separator: "/") == word.split(separator: "/") }
                    && word.hasPrefix("/")
            }
        }
    }

    private static func lines(of text: String) -> [Substring] {
        text.split { $0.isNewline }.filter { $0.first { !$0.isWhitespace } != "#" }
    }
}
