extension Migration {
    /// What a file that a unit made is beside its content. A folder has a row of its own, and one for each of its files.
    static let outputForms = Migration(
        name: "0006 forms of outputs",
        sql: """
            ALTER TABLE artifacts ADD COLUMN form TEXT NOT NULL DEFAULT 'file'
              CHECK (form IN ('file', 'executable', 'folder'));
            """)
}
