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
    /// A name and a password in an address, also of a database.
    case urlPassword = "url-password"
    /// A value of a variable, argument or label of the build whose name says that it is secret.
    case buildSecret = "build-secret"
    /// What could not be read, so that nobody knows what is in it.
    case unread = "unread"
    /// What the scanner found that the push stage names.
    case scanner = "scanner"

    /// Whether packages that anybody can install have such things too, to be tested with or as examples.
    var isUsualInPackages: Bool {
        switch self {
        case .releasedData, .history, .accessKey, .buildSecret: false
        case .credentialFile, .dataFile, .privateKey, .secretKey, .token, .urlPassword, .unread,
            .scanner:
            true
        }
    }

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
        case .urlPassword: "a password in an address"
        case .buildSecret: "a secret in the record of the build"
        case .unread: "could not be looked into"
        case .scanner: "found by the scanner"
        }
    }
}
