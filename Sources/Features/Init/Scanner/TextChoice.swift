import Texts

/// Which files say something about how a site is made and deployed.
enum TextChoice {
    /// Folders that are looked into though they are hidden.
    static let hiddenFolders: Set = [
        ".ebextensions", ".platform", ".elasticbeanstalk", ".docker", ".streamlit", ".github",
    ]

    /// - Parameter mode: permission bits; programs often have no ending.
    static func isTelling(_ path: String, mode: UInt32) -> Bool {
        let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
        if path.contains(".ebextensions/") || path.contains(".platform/") { return true }
        if path.hasSuffix(".elasticbeanstalk/config.yml") { return true }
        if names.contains(name) || endings.contains(where: name.hasSuffix) { return true }
        if name.contains("dockerfile") || name.contains("compose") { return true }
        if name.hasSuffix(".json") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let words = path.lowercased().split { !$0.isLetter }
            return words.contains { configurationWords.contains(String($0)) }
        }
        return !name.contains(".") && mode & 0o111 != 0
    }

    private static let names: Set = [
        "dockerrun.aws.json", "makefile", "gnumakefile", "cdk.json", "package.json", "procfile",
        "dvc.yaml", "params.yaml", "_quarto.yml", "snakefile", ".env.example", "fly.toml",
        "cdk.context.json", "samconfig.toml",
    ]
    /// Folders and names of files that configure where a site runs.
    private static let configurationWords: Set = [
        "config", "configs", "infra", "infrastructure", "cdk", "deploy", "deployment",
        "cloudformation",
        "template", "stack", "stacks", "settings", "parameters", "aws", "vars", "params",
        "environments",
    ]
    private static let endings = [
        ".py", ".r", ".sh", ".bash", ".tf", ".tfvars", ".ts", ".js", ".jl",
        ".qmd", ".rmd", ".ipynb", ".md", ".smk", ".mk", ".mjs", ".template", ".config",
    ]

    /// What the reader of programs is given: by what it can read, and where credentials stand.
    static func isProgram(_ path: String) -> Bool {
        let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
        return ["makefile", "gnumakefile", "snakefile"].contains(name)
            || programEndings.contains(where: name.hasSuffix) || !name.contains(".")
    }

    /// Files in which credentials are found.
    static func mayHoldCredentials(_ path: String) -> Bool {
        let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
        return name.hasPrefix(".env") || name.contains("dockerfile")
            || credentialEndings.contains(where: name.hasSuffix) || isProgram(path)
    }

    private static let programEndings = [
        ".py", ".r", ".sh", ".bash", ".ipynb", ".qmd", ".rmd", ".smk", ".mk", ".md", ".txt", ".rst",
    ]
    private static let credentialEndings = [
        ".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".config", ".properties", ".tf",
        ".tfvars", ".env", ".js", ".ts", ".pem", ".key", ".netrc", ".rb",
    ]
}
