extension FileFormat {
    /// The header has the size of a page and their number; a journal beside it is of an open transaction
    /// (Database file format, 1.3).
    package static let sqlite = FileFormat(
        "sqlite", endings: ["sqlite", "sqlite3", "db", "gpkg"],
        help: "A SQLite database: as long as its header has it, and no transaction is open in it."
    ) { file in
        let head = try file.head(100)
        guard head.count == 100, head.starts(with: Array("SQLite format 3\0".utf8)) else {
            return "has no SQLite header"
        }
        if let journal = try file.size(beside: "-journal"), journal > 0 {
            return "has a journal of a transaction that was not ended"
        }
        let page = Int64(head[16]) << 8 | Int64(head[17])
        let pages = Int64(head[28...31].reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
        let length = (page == 1 ? 65536 : page) * pages
        // An old library leaves the number 0.
        return pages == 0 || length <= file.size
            ? nil : "is \(file.size) bytes long, and its header has \(length)"
    }
}
