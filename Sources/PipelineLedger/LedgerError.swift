/// Why a ledger cannot be used, and what to do.
package enum LedgerError: Error, Hashable, CustomStringConvertible {
    case missing(path: String)
    case onNetworkFileSystem(path: String, kind: String)
    case fromNewerVersion(path: String, version: Int, known: Int)
    case damaged(path: String, findings: [String])
    case readOnly(path: String)
    case full(path: String)
    case foreign(path: String)

    package var description: String {
        switch self {
        case .missing(let path):
            "there is no ledger at \"\(path)\" yet; `pipeline run` makes one"
        case .onNetworkFileSystem(let path, let kind):
            "the ledger \"\(path)\" lies on a network file system (\(kind)), where SQLite's locks "
                + "are not safe; keep the project, or its folder .pipeline, on a local disk"
        case .fromNewerVersion(let path, let version, let known):
            "the ledger \"\(path)\" has schema \(version), and this pipeline knows up to \(known); "
                + "use the newer pipeline that wrote it"
        case .damaged(let path, let findings):
            "the ledger \"\(path)\" is damaged (\(findings.first ?? "unreadable")); nothing was "
                + "changed. Put a copy of it back, or move it aside and run again: outputs are made anew"
        case .readOnly(let path):
            "the ledger \"\(path)\" cannot be written; check the owner and mode of the file and folder"
        case .full(let path):
            "the disk that holds the ledger \"\(path)\" is full; make room and run again: "
                + "nothing that was recorded is lost"
        case .foreign(let path):
            "\"\(path)\" is not a ledger of pipeline; move it aside and run again"
        }
    }
}
