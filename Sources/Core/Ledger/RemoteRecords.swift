package import Posix
import SQLite

/// Something that is about to be done outside, or was.
package struct IntentRecord: Sendable, Hashable {
    package let id: Int64
    package let environment: String
    /// `create-version`, `update-environment`, …
    package let kind: String
    package let subject: String
    package let detail: String?
    package let startedMs: Int64
    package let endedMs: Int64?
    /// `done`, `failed`, `unknown`, or nil while it goes on or after a kill.
    package let outcome: String?
    package let message: String?
}

/// Something that costs while it is there.
package struct LeaseRecord: Sendable, Hashable {
    package let id: Int64
    package let environment: String
    package let kind: Kind
    /// Given to it before it is made, so that it is found again.
    package let token: String
    /// Its own id; nil until it is known.
    package let resource: String?
    /// US dollars.
    package let costPerHour: Double?
    package let createdMs: Int64
    package let endedMs: Int64?

    package enum Kind: String, Sendable, CaseIterable {
        case transferServer = "transfer-server"
        /// An instance that was off and was started.
        case instance
        /// Temporary objects in a bucket.
        case objects
    }
}

/// Every commit here survives a power cut before the effect that it speaks of.
extension LedgerWriter {
    package func beginIntent(
        environment: String, kind: String, subject: String, detail: String?, run: Int64,
        at now: Timestamp
    ) throws -> Int64 {
        try write(.powerCut) { database in
            try database.prepare(
                """
                INSERT INTO intents (environment, kind, subject, detail, run_id, started_ms)
                VALUES (?, ?, ?, ?, ?, ?)
                """
            ).run(environment, kind, subject, detail, run, now.milliseconds)
            return database.lastInsertedRow
        }
    }

    /// - Parameter outcome: `done`, `failed` or `unknown`.
    package func endIntent(
        _ id: Int64, outcome: String, message: String?, at now: Timestamp
    ) throws {
        try write(.powerCut) { database in
            try database.prepare(
                "UPDATE intents SET ended_ms = ?, outcome = ?, message = ? WHERE id = ?"
            ).run(now.milliseconds, outcome, message, id)
        }
    }

    package func beginLease(
        environment: String, kind: LeaseRecord.Kind, token: String, resource: String? = nil,
        costPerHour: Double?, run: Int64, at now: Timestamp
    ) throws -> Int64 {
        try write(.powerCut) { database in
            try database.prepare(
                """
                INSERT INTO leases (environment, kind, token, resource, cost_per_hour, run_id, created_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                environment, kind.rawValue, token, resource, costPerHour, run, now.milliseconds)
            return database.lastInsertedRow
        }
    }

    package func nameLease(_ id: Int64, resource: String) throws {
        try write(.powerCut) { database in
            try database.prepare("UPDATE leases SET resource = ? WHERE id = ?").run(resource, id)
        }
    }

    package func endLease(_ id: Int64, at now: Timestamp) throws {
        try write(.powerCut) { database in
            try database.prepare(
                "UPDATE leases SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL"
            ).run(now.milliseconds, id)
        }
    }
}

extension LedgerReader {
    // A ledger that no run has written to since an older version of the program lacks these tables, and a
    // reader does not change it.
    private func knowsRemote() throws -> Bool {
        try rows("SELECT 1 FROM sqlite_schema WHERE name = 'leases'") { _ in true }.first ?? false
    }

    func versionColumn() throws -> String { try knowsRemote() ? "d.version" : "NULL" }

    /// What was begun and has no outcome, oldest first.
    package func openIntents(environment: String) throws -> [IntentRecord] {
        try intents("WHERE environment = ? AND outcome IS NULL ORDER BY id", [environment])
    }

    /// Newest first.
    package func intents(environment: String, limit: Int) throws -> [IntentRecord] {
        try intents("WHERE environment = ? ORDER BY id DESC LIMIT ?", [environment, limit])
    }

    /// The newest of a kind, whatever became of it.
    package func lastIntent(environment: String, kind: String) throws -> IntentRecord? {
        try intents(
            "WHERE environment = ? AND kind = ? ORDER BY id DESC LIMIT 1", [environment, kind]
        ).first
    }

    private func intents(_ which: String, _ values: [any Bindable]) throws -> [IntentRecord] {
        guard try knowsRemote() else { return [] }
        return try rows(
            """
            SELECT id, environment, kind, subject, detail, started_ms, ended_ms, outcome, message
            FROM intents \(which)
            """, values
        ) { row in
            IntentRecord(
                id: row.int(0), environment: row.text(1), kind: row.text(2), subject: row.text(3),
                detail: row.optionalText(4), startedMs: row.int(5), endedMs: row.optionalInt(6),
                outcome: row.optionalText(7), message: row.optionalText(8))
        }
    }

    /// What may still cost, oldest first; of all environments where none is named.
    package func openLeases(environment: String? = nil) throws -> [LeaseRecord] {
        guard try knowsRemote() else { return [] }
        return try rows(
            """
            SELECT id, environment, kind, token, resource, cost_per_hour, created_ms, ended_ms
            FROM leases WHERE ended_ms IS NULL AND (?1 IS NULL OR environment = ?1) ORDER BY id
            """, [environment]
        ) { row in
            LeaseRecord(
                id: row.int(0), environment: row.text(1),
                kind: LeaseRecord.Kind(rawValue: row.text(2)) ?? .objects, token: row.text(3),
                resource: row.optionalText(4), costPerHour: row.optionalDouble(5),
                createdMs: row.int(6), endedMs: row.optionalInt(7))
        }
    }
}
