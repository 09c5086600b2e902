package import Failures
import PipelineModel

/// What a machine may do in the project's archive, and with which key: the definition is one file in Git, and people, continuous
/// integration and forks differ in these two things.
enum ArchiveVariables {
    private static let role = "PIPELINE_ARCHIVE_ROLE"
    private static let key = "PIPELINE_ARCHIVE_SIGN"

    /// - Parameter variable: the value of a variable; nil where it is not set. An empty value counts as not set.
    static func apply(
        to archive: ArchiveConfig, _ variable: (String) -> String?
    ) throws(ArchiveVariableError) -> ArchiveConfig {
        func value(_ name: String) -> String? {
            variable(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        var role: ArchiveConfig.Role?
        if let text = value(Self.role) {
            guard let known = ArchiveConfig.Role(rawValue: text) else {
                throw .unknownRole(variable: Self.role, text)
            }
            role = known
        }
        let key = value(Self.key)
        if key == "none", archive.signing != .none { throw .noSignatures(variable: Self.key) }
        let changed = archive.with(role: role, key: key)
        if changed.role == .write, changed.signing == .key(nil) {
            throw .noKey(role: Self.role, key: Self.key)
        }
        return changed
    }
}

/// A variable about the archive that cannot be followed.
package enum ArchiveVariableError: Explained, Hashable {
    case unknownRole(variable: String, String)
    /// Whether results are signed is the same for all clones.
    case noSignatures(variable: String)
    case noKey(role: String, key: String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .unknownRole(let variable, let value):
            Failure(
                "archive-variable", "the variable \(variable) is \"\(value)\"",
                next: "set it to read or write, or unset it; it may stand in \(HostSettings.path)")
        case .noSignatures(let variable):
            Failure(
                "archive-variable",
                "the variable \(variable) is \"none\", and the results of this project are signed",
                next: "set it to a key, or unset it; it may stand in \(HostSettings.path)")
        case .noKey(let role, let key):
            Failure(
                "archive-variable",
                "the variable \(role) is \"write\", and no key is named that signs what is added",
                next: "set \(key) to a private SSH key, or to the public one of a key in an agent")
        }
    }
}
