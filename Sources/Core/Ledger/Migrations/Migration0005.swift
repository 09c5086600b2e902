extension Migration {
    /// What is known of a slot belongs to the place that it was learned of.
    static let placesOfSlots = Migration(
        name: "0005 places of slots",
        sql: "ALTER TABLE slots ADD COLUMN place TEXT;")
}
