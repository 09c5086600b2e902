import Texts

/// Rules that look at a path, and at what the file begins with. Paths are relative, with slashes.
enum NameRules {
    private static let credentialNames: Set = [
        ".env", ".envrc", ".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf",
        ".pypirc", ".git-credentials", ".dockercfg", ".htpasswd", ".renviron", ".s3cfg", ".boto",
        ".vault-token", ".terraformrc", "credentials.tfrc.json", "terraform.tfstate",
        "terraform.tfstate.backup", "kubeconfig", "kaggle.json", "rclone.conf", "id_rsa", "id_dsa",
        "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "identity.key",
        "application_default_credentials.json", "accesstokens.json", "msal_token_cache.json",
        "secrets.toml", "secrets.yaml", "secrets.yml", "secrets.json", "credentials.json",
        "service-account.json", "service_account.json", "serviceaccount.json",
        "client_secret.json", "client_secrets.json", "master.key", ".credentials",
    ]
    /// Folder and file, where the file alone says nothing.
    private static let credentialEnds = [
        ".aws/credentials", ".aws/config", ".docker/config.json", ".kube/config",
        ".config/gcloud/credentials.db", ".config/gcloud/access_tokens.db", ".config/gh/hosts.yml",
        ".cache/huggingface/token", ".huggingface/token", ".cargo/credentials",
        ".cargo/credentials.toml", ".gem/credentials", ".config/rclone/rclone.conf",
        ".config/hub", ".azure/msal_token_cache.bin",
    ]
    private static let storeEnds = [".ppk", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".p8"]
    /// Files that hold credentials only where they hold one of these words.
    private static let conditional: [(name: String, words: [String])] = [
        (".npmrc", ["_authtoken", "_auth=", "_auth =", "_password"]),
        (".yarnrc.yml", ["npmauthtoken", "npmauthident"]),
        ("settings.xml", ["<password>"]),
        ("gradle.properties", ["password", "secret"]),
        (".rprofile", ["github_pat", "_token", "_key"]),
    ]
    private static let dataEnds = [
        ".h5ad", ".h5mu", ".h5", ".hdf5", ".hdf", ".he5", ".h5seurat", ".loom", ".feather",
        ".arrow",
        ".parquet", ".pkl", ".pickle", ".joblib", ".rds", ".rda", ".rdata", ".npz", ".npy", ".mtx",
        ".duckdb", ".sqlite", ".sqlite3", ".dta", ".sav", ".sas7bdat", ".xpt", ".mat", ".bam",
        ".cram", ".vcf", ".bcf", ".fastq", ".fq", ".bed", ".fst", ".qs", ".orc", ".avro",
    ]
    private static let packedEnds = [".gz", ".bz2", ".xz", ".zst", ".bgz"]

    static func rule(for path: String, isDirectory: Bool = false) -> LeakRule? {
        let parts = path.split(separator: "/")
        guard let last = parts.last else { return nil }
        if parts.contains(".git") { return .history }
        let name = last.lowercased()
        let isExample = [
            ".example", ".sample", ".template", ".dist", ".tmpl", "-example", "-sample",
        ]
        .contains { name.hasSuffix($0) }
        if isExample { return nil }
        if credentialNames.contains(name) || name.hasPrefix(".env.") { return .credentialFile }
        // "prod.env", and not a module of that name.
        if name.hasSuffix(".env"), name != ".env", !name.contains("example"),
            !name.contains("sample")
        {
            return .credentialFile
        }
        let lowered = path.lowercased()
        if credentialEnds.contains(where: { lowered == $0 || lowered.hasSuffix("/" + $0) }) {
            return .credentialFile
        }
        if storeEnds.contains(where: { name.hasSuffix($0) }) { return .credentialFile }
        var plain = name[...]
        if let end = packedEnds.first(where: { name.hasSuffix($0) }) {
            plain = name.dropLast(end.count)
        }
        if dataEnds.contains(where: { plain.hasSuffix($0) }) { return .dataFile }
        if parts.dropLast().contains(where: { $0.hasSuffix(".zarr") }) { return .dataFile }
        return nil
    }

    /// Of files whose names alone say nothing.
    ///
    /// - Parameter head: what the file begins with.
    static func rule(for path: String, head: [UInt8]) -> LeakRule? {
        if dataForms.contains(where: { head.starts(with: $0) }) { return .dataFile }
        guard let words = words(for: path) else { return nil }
        let text = head.text.lowercased()
        return words.contains { text.contains($0) } ? .credentialFile : nil
    }

    /// Of a file that holds credentials only where it holds one of these words; nil for others.
    static func words(for path: String) -> [String]? {
        let name = (path.split(separator: "/").last ?? "").lowercased()
        return conditional.first { $0.name == name }?.words
    }

    /// HDF5, Parquet, Arrow, Feather, R, SQLite, DuckDB has its own at byte 8.
    private static let dataForms: [[UInt8]] = [
        [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], Array("PAR1".utf8), Array("ARROW1".utf8),
        Array("FEA1".utf8), Array("RDX2\n".utf8), Array("RDX3\n".utf8),
    ]

    /// Where distributions and interpreters put their own files: of a base image these are public.
    static func isInstalled(_ path: String) -> Bool {
        [
            "/site-packages/", "/dist-packages/", "/usr/lib/", "/usr/share/", "/usr/local/lib/",
            "/usr/local/share/", "/opt/conda/", "/usr/lib64/", "/etc/ssl/", "/usr/include/",
            "/var/lib/", "/var/cache/",
        ]
        .contains { ("/" + path).contains($0) }
    }

    /// Keys with which interpreters test themselves, and Java's store of certificates.
    static func isInterpreters(_ path: String) -> Bool {
        if path.hasSuffix("/cacerts") { return true }
        let parts = path.split(separator: "/")
        guard let test = parts.firstIndex(of: "test"), test > 1 else { return false }
        return parts[test - 1].hasPrefix("python3") && parts[test - 2].hasPrefix("lib")
    }
}
