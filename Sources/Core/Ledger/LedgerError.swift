package import Failures

/// Why a ledger cannot be used, and what to do.
package enum LedgerError: Explained, Hashable {
    case missing(path: String)
    case onNetworkFileSystem(path: String, kind: String)
    case fromNewerVersion(path: String, version: Int, known: Int)
    case damaged(path: String, findings: [String])
    case readOnly(path: String)
    case full(path: String)
    case foreign(path: String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .missing(let path):
            Failure(
                "no-ledger", "there is no ledger at \"\(path)\" yet",
                next: "a first run makes it", run: "pipeline run")
        case .onNetworkFileSystem(let path, let kind):
            Failure(
                "ledger-on-network",
                "the ledger \"\(path)\" lies on a network file system (\(kind))",
                cause: "SQLite's locks are not safe there",
                next: "keep the project, or its folder .pipeline, on a local disk")
        case .fromNewerVersion(let path, let version, let known):
            Failure(
                "ledger-newer",
                "the ledger \"\(path)\" has schema \(version), and this pipeline knows up to \(known)",
                next: "use the newer pipeline that wrote it")
        case .damaged(let path, let findings):
            Failure(
                "ledger-damaged",
                "the ledger \"\(path)\" is damaged (\(findings.first ?? "unreadable")); nothing was changed",
                next:
                    "restore a copy of it, or move it away and run again: outputs are made again",
                run: .exact("mv \(path) \(path).damaged"))
        case .readOnly(let path):
            Failure(
                "ledger-read-only", "the ledger \"\(path)\" cannot be written",
                next: "check the owner and mode of the file and folder",
                run: .exact("ls -ld .pipeline \(path)"))
        case .full(let path):
            Failure(
                "ledger-full", "the disk that holds the ledger \"\(path)\" is full",
                cause: "nothing that was recorded is lost", next: "make room", run: .again)
        case .foreign(let path):
            Failure(
                "ledger-foreign", "\"\(path)\" is not a ledger of pipeline",
                next: "move it away and run again", run: .exact("mv \(path) \(path).aside"))
        }
    }
}
