import PipelineEngine
import Posix

/// What this clone remembers of its archive beside the ledger: small files that may be lost.
enum ArchiveMemory {
    private static let idPath = ArchiveConnection.folder + "/id"
    private static let ratePath = ArchiveConnection.folder + "/rate"
    private static let readPath = ArchiveConnection.folder + "/read"
    private static let sentPath = ArchiveConnection.folder + "/sent"
    private static let silentPath = ArchiveConnection.folder + "/silent"

    /// The id of the archive that was read last.
    static var archive: String? { word(idPath)?.split(separator: " ").first.map(String.init) }

    /// Whether there was an archive at this place when it was asked last.
    static func hasSeen(_ place: String) -> Bool {
        word(idPath)?.split(separator: " ", maxSplits: 1).last.map(String.init) == place
    }

    static func keep(archive: String, at place: String) throws {
        let line = "\(archive) \(place)"
        guard word(idPath) != line else { return }
        try write(line, idPath)
    }

    /// When the history was read last: milliseconds since 1970-01-01 UTC.
    static var readMs: Int64? { word(readPath).flatMap { Int64($0) } }

    static func keep(readAtMs: Int64) {
        try? write(String(readAtMs), readPath)  // try?: it is only told
    }

    /// Since when, in milliseconds since 1970-01-01 UTC, a place has not answered when it was asked; nil where it has.
    static func silentMs(_ place: String) -> Int64? {
        let words = word(silentPath)?.split(separator: " ", maxSplits: 1) ?? []  // it is asked then
        guard words.count == 2, words[1] == place else { return nil }
        return Int64(words[0])
    }

    static func keep(silent place: String, atMs: Int64) {
        try? write("\(atMs) \(place)", silentPath)  // try?: it is asked again
    }

    static func forgetSilence() throws {
        // ours: it is only a memory of what was not answered
        try FileSystem.remove(silentPath)
    }

    /// How fast contents arrived the last time that it was worth measuring.
    static var bytesPerSecond: Double? { word(ratePath).flatMap(Double.init) }

    static func keep(bytes: Int64, seconds: Double) {
        guard bytes > 16 << 20, seconds > 0.1 else { return }
        try? write(String(Double(bytes) / seconds), ratePath)  // try?: it is measured again
    }

    /// The newest attempt up to which all results of the ledger are in the archive, or cannot be sent.
    static func sent(to archive: String) -> Int64 {
        let words = word(sentPath)?.split(separator: " ") ?? []
        guard words.count == 2, words[0] == archive, let attempt = Int64(words[1]) else { return 0 }
        return attempt
    }

    /// Looks at all results again.
    static func forgetSent() throws {
        // ours: it is only a memory of what need not be looked at
        try FileSystem.remove(sentPath)
    }

    static func keep(sent attempt: Int64, to archive: String) {
        try? write("\(archive) \(attempt)", sentPath)  // try?: it is found out again
    }

    private static func word(_ path: String) -> String? {
        let bytes = try? FileSystem.read(path, limit: 1 << 14)  // try?: it is asked again
        guard let bytes, bytes.last == UInt8(ascii: "\n") else { return nil }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    private static func write(_ text: String, _ path: String) throws {
        try FileSystem.createDirectories(ArchiveConnection.folder, mode: 0o700)
        try FileSystem.writeAtomically(Array("\(text)\n".utf8), to: path, mode: 0o600)
    }
}
