extension Migration {
    /// What the outputs of units that write in place were before an attempt began: after a kill it tells what the attempt
    /// may have touched.
    static let outputsInPlace = Migration(
        name: "0007 outputs written in place",
        sql: """
            CREATE TABLE in_place (
              unit TEXT PRIMARY KEY,
              attempt_id INTEGER NOT NULL,
              basis BLOB NOT NULL,
              patterns TEXT NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('open', 'failed', 'done'))
            );
            CREATE TABLE in_place_files (
              unit TEXT NOT NULL REFERENCES in_place (unit) ON DELETE CASCADE,
              path TEXT NOT NULL,
              device INTEGER NOT NULL,
              inode INTEGER NOT NULL,
              size INTEGER NOT NULL,
              modified_ns INTEGER NOT NULL,
              changed_ns INTEGER NOT NULL,
              PRIMARY KEY (unit, path)
            ) WITHOUT ROWID;
            """)
}
