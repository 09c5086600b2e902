extension Migration {
    /// Tools are asked in every run: which files their answers depend on is not known.
    static let toolsAreAsked = Migration(
        name: "0004 answers of tools are not kept", sql: "DROP TABLE tool_versions;")
}
