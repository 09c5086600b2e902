import PipelineEngine
import Terminal

/// What is exchanged with the archive, for people.
enum ArchiveText {
    /// A line that stays; nil for what only moves.
    static func line(_ event: ArchiveEvent) -> String? {
        switch event {
        case .fetching, .sending: nil
        case .fetched(let files, let bytes):
            "fetched \(counted(files, "file", "files")) from the archive, \(Format.bytes(bytes))"
        case .sent(let results, let bytes):
            "sent \(counted(results, "result", "results")) to the archive, \(Format.bytes(bytes))"
        }
    }

    /// What a display that moves shows.
    static func live(_ event: ArchiveEvent) -> String? {
        switch event {
        case .fetching(let bytes, let total):
            "archive: fetching \(Format.bytes(bytes)) of \(Format.bytes(total))"
        case .sending: "archive: sending results (Ctrl-C leaves the rest for the next run)"
        case .fetched, .sent: nil
        }
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(Format.count(count)) \(count == 1 ? one : many)"
    }
}
