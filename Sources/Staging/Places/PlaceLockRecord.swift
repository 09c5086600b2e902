import JSON

/// What the lock file at the root of a place says: who fills slots there, and until when.
package struct PlaceLockRecord: Hashable, Sendable, Codable {
    static let format = 1

    var format = Self.format
    package var project: String
    package var environment: String
    /// For people, and to tell a copied clone from its original: `user@host:/path/of/the/project`.
    package var owner: String
    /// The random id of the clone.
    package var clone: String
    /// Names this taking; no other has it.
    package var token: String
    /// Seconds since 1970 by the clock of the one who wrote it, at which it was taken, and renewed last.
    package var takenAt: Int64
    package var renewedAt: Int64
    /// Seconds after `renewedAt` for which it is not to be taken by others.
    package var lifetime: Int64
    /// Counts renewals, so that each changes the file.
    package var beat = 0

    package init(
        project: String, environment: String, owner: String, clone: String, token: String,
        takenAt: Int64, lifetime: Int64
    ) {
        self.project = project
        self.environment = environment
        self.owner = owner
        self.clone = clone
        self.token = token
        self.takenAt = takenAt
        renewedAt = takenAt
        self.lifetime = lifetime
    }

    private enum CodingKeys: String, CodingKey {
        case format, project, environment, owner, clone, token, lifetime, beat
        case takenAt = "taken_at"
        case renewedAt = "renewed_at"
    }

    func encoded() throws(TransportError) -> [UInt8] {
        do { return try JSONValue.encode(self).bytes + [UInt8(ascii: "\n")] } catch {
            throw .failed("\(error)")
        }
    }

    static func reading(_ bytes: [UInt8]?) -> OwnFile<PlaceLockRecord> {
        guard let bytes else { return .absent }
        switch OwnFormat.check(bytes, newest: format) {
        case .unknown(let reason): return .unknown(reason: reason)
        case .readable:
            let record = try? JSONValue.decode(  // try?: unknown, below
                PlaceLockRecord.self, from: bytes)
            guard let record, record.lifetime >= 0, record.lifetime <= 31_536_000 else {
                return .unknown(reason: OwnFormat.damaged)
            }
            return .present(record)
        }
    }
}
