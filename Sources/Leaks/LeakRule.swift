/// What must not be in an image that everybody can read.
package enum LeakRule: String, CaseIterable, Sendable {
    /// A file whose name says that it holds credentials.
    case credentialFile = "credential-file"
    /// A repository's history, which holds all that was ever in it.
    case history = "history"
    /// A file of a format that data has.
    case dataFile = "data-file"
    /// A file of a data release, whatever its name.
    case releasedData = "released-data"
    case privateKey = "private-key"
    case accessKey = "aws-access-key"
    case secretKey = "aws-secret-key"
    case token = "token"

    /// For people.
    package var meaning: String {
        switch self {
        case .credentialFile: "a file for credentials"
        case .history: "a repository's history"
        case .dataFile: "a data file"
        case .releasedData: "a file of a data release"
        case .privateKey: "a private key"
        case .accessKey: "an AWS access key"
        case .secretKey: "an AWS secret key"
        case .token: "an access token"
        }
    }
}

/// Rules that look at a path alone. Paths are relative, with slashes.
enum NameRules {
    private static let credentialNames: Set = [
        ".env", ".netrc", ".pgpass", ".pypirc", ".git-credentials", "id_rsa", "id_dsa", "id_ecdsa",
        "id_ed25519",
    ]
    /// Folder and file, where the file alone says nothing.
    private static let credentialEnds = [
        ".aws/credentials", ".aws/config", ".docker/config.json", ".kube/config",
        ".config/gcloud/credentials.db",
    ]
    private static let dataEnds = [
        ".h5ad", ".feather", ".pkl", ".pickle", ".parquet", ".h5",
    ]

    static func rule(for path: String) -> LeakRule? {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return nil }
        if parts.contains(".git") { return .history }
        let isExample = name.hasSuffix(".example") || name.hasSuffix(".sample")
        if credentialNames.contains(String(name)) || name.hasPrefix(".env.") && !isExample {
            return .credentialFile
        }
        if credentialEnds.contains(where: { path == $0 || path.hasSuffix("/" + $0) }) {
            return .credentialFile
        }
        if dataEnds.contains(where: { name.hasSuffix($0) }), !isInstalled(path) { return .dataFile }
        return nil
    }

    /// Whether a path is part of a library that was installed: these ship small data of their own. What
    /// belongs to a data release is found by its digest there as well.
    static func isInstalled(_ path: String) -> Bool {
        [
            "/site-packages/", "/dist-packages/", "/usr/lib/", "/usr/share/",
            "/usr/local/lib/python3",
        ]
        .contains { ("/" + path).contains($0) }
    }
}
