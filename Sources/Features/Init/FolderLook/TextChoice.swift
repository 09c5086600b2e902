/// Which files say something about how a site is made and deployed.
enum TextChoice {
    /// Folders that are looked into though they are hidden.
    static let hiddenFolders: Set = [".ebextensions", ".platform", ".elasticbeanstalk", ".docker"]

    /// - Parameter mode: permission bits; programs often have no ending.
    static func isTelling(_ path: String, mode: UInt32) -> Bool {
        let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
        if path.contains(".ebextensions/") || path.contains(".platform/") { return true }
        if path.hasSuffix(".elasticbeanstalk/config.yml") { return true }
        if names.contains(name) || endings.contains(where: name.hasSuffix) { return true }
        if name.contains("dockerfile") || name.contains("compose") { return true }
        return !name.contains(".") && mode & 0o111 != 0
    }

    private static let names: Set = [
        "dockerrun.aws.json", "makefile", "gnumakefile", "cdk.json", "package.json",
    ]
    private static let endings = [
        ".py", ".r", ".sh", ".bash", ".tf", ".tfvars", ".ts", ".js", ".jl",
    ]
}
