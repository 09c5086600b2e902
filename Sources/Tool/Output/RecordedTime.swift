import JSON
import Posix
import Terminal

/// The ledger's times, milliseconds since 1970, for people and programs.
enum RecordedTime {
    static var now: Int64 { Timestamp.now().nanoseconds / 1_000_000 }

    /// `2026-11-20T21:31:25Z`
    static func iso8601(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds).iso8601
    }

    /// `3m 20s ago`
    static func ago(_ milliseconds: Int64, now: Int64) -> String {
        Format.duration(Double(max(0, now - milliseconds)) / 1000) + " ago"
    }
}

extension JSONValue {
    /// A time of the ledger as text (RFC 3339).
    static func time(_ milliseconds: Int64?) -> JSONValue {
        optional(milliseconds) { .string(RecordedTime.iso8601($0)) }
    }
}
