extension Database {
    /// The number that an application keeps in the file's header for its schema.
    package func userVersion() throws -> Int {
        try Int(prepare("PRAGMA user_version").firstRow { $0.int(0) } ?? 0)
    }

    package func setUserVersion(_ version: Int32) throws(SQLiteError) {
        try execute("PRAGMA user_version = \(version)")
    }

    /// What `PRAGMA quick_check` finds: empty for a sound file. Reads the whole file, and does not
    /// compare indexes with their tables: https://sqlite.org/pragma.html#pragma_quick_check.
    package func quickCheck() throws -> [String] {
        var findings: [String] = []
        do {
            try prepare("PRAGMA quick_check").forEachRow { findings.append($0.text(0)) }
        } catch let error as SQLiteError where error.isCorrupt {
            // Some damage ends the check itself.
            findings.append(error.message)
        }
        return findings == ["ok"] ? [] : findings
    }
}
