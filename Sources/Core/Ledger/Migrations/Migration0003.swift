extension Migration {
    /// Large sets as what differs from another: a unit that reads a folder of a million files would else add all of
    /// their names each time that one of them changes. The view reads like tables of whole sets.
    static let differences = Migration(
        name: "0003 differences of component sets",
        sql: """
            ALTER TABLE component_sets ADD COLUMN base_id INTEGER REFERENCES component_sets (id);

            CREATE VIEW components AS
              SELECT s.id AS set_id, c.key AS name, c.value AS value
              FROM component_sets s LEFT JOIN component_sets b ON b.id = s.base_id,
                json_each(coalesce(json_patch(b.content, s.content), s.content)) c;
            """)
}
