extension Migration {
    /// Which segments of an archive's history this clone has written itself: nobody has to sign them for it.
    static let ownSegments = Migration(
        name: "0010 segments of this clone",
        sql: """
            ALTER TABLE archive_segments ADD COLUMN is_own INTEGER NOT NULL DEFAULT 0;
            """)
}
