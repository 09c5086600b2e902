import JSON
import PipelineEngine
import PipelineLedger

/// How fast an environment's data travelled before: kept as the metrics of its sync attempts.
struct TransferPace: Codable {
    let filesSent: Int
    let bytesSent: Int64
    let filesLinked: Int
    /// Nil in what an earlier version recorded.
    let filesCopied: Int?
    let filesDeleted: Int
    let seconds: Double

    enum CodingKeys: String, CodingKey {
        case filesSent = "files_sent"
        case bytesSent = "bytes_sent"
        case filesLinked = "files_linked"
        case filesCopied = "files_copied"
        case filesDeleted = "files_deleted"
        case seconds
    }

    /// As the ledger keeps it.
    var json: String? {
        try? JSONValue.encode(self).text  // try?: an estimate less
    }

    /// The last sync of a unit that sent something, and did not spend its time on copies at the place.
    static func last(of unit: String, in ledger: LedgerReader?) throws -> TransferPace? {
        try ledger?.metrics(ofUnit: unit, limit: 20).lazy
            .compactMap {
                try? JSONValue.decode(TransferPace.self, from: $0.utf8)  // try?: as above
            }
            .first { $0.filesSent > 0 && $0.seconds > 0 && $0.filesCopied ?? 0 == 0 }
    }

    /// Seconds for so much: what took longer of the bytes and the files.
    func seconds(files: Int, bytes: Int64) -> Double {
        max(
            Double(files) / Double(max(filesSent, 1)),
            Double(bytes) / Double(max(bytesSent, 1))) * seconds
    }
}
