extension Database {
    /// When the locks are taken: https://sqlite.org/lang_transaction.html.
    package enum TransactionKind: String, Sendable {
        /// Reading at the first read, writing at the first write, which may then be refused.
        case deferred = "DEFERRED"
        /// For writing, at once: what is read cannot change before it is written.
        case immediate = "IMMEDIATE"
        case exclusive = "EXCLUSIVE"
    }

    /// Runs `body` and commits; when it or the commit throws, nothing of it remains.
    ///
    /// Inside another transaction it becomes a savepoint of that one, and `kind` is of no effect.
    package func transaction<Value>(
        _ kind: TransactionKind = .immediate, _ body: () throws -> Value
    ) throws -> Value {
        let isNested = isInTransaction
        try execute(isNested ? "SAVEPOINT nested" : "BEGIN \(kind.rawValue)")
        do {
            let value = try body()
            try execute(isNested ? "RELEASE nested" : "COMMIT")
            return value
        } catch {
            // A full disk and other failures make SQLite roll back by itself. Where rolling back
            // fails too (try?), the file is as a crash would leave it, and the first error tells more.
            if isInTransaction {
                let sql = isNested ? "ROLLBACK TO nested; RELEASE nested" : "ROLLBACK"
                try? execute(sql)  // try?: as after a crash; the first error tells more
            }
            throw error
        }
    }
}
