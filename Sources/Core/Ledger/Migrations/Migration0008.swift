extension Migration {
    /// What was read of the history of an archive, and where the outputs of an attempt were fetched from.
    static let archive = Migration(
        name: "0008 history of an archive",
        sql: """
            ALTER TABLE attempts ADD COLUMN origin TEXT;

            CREATE TABLE archive_segments (
              id INTEGER PRIMARY KEY,
              archive TEXT NOT NULL,
              writer TEXT NOT NULL,
              number INTEGER NOT NULL,
              digest BLOB NOT NULL,
              bytes INTEGER NOT NULL,
              made_ms INTEGER NOT NULL,
              user TEXT NOT NULL,
              host TEXT NOT NULL,
              system TEXT NOT NULL,
              library TEXT NOT NULL,
              processor TEXT NOT NULL,
              signer TEXT,
              refused TEXT,
              UNIQUE (archive, writer, number, digest)
            ) STRICT;

            CREATE TABLE archive_objects (
              digest BLOB NOT NULL,
              path TEXT NOT NULL,
              size INTEGER NOT NULL,
              start INTEGER,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              PRIMARY KEY (digest, path, segment_id)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX archive_objects_by_segment ON archive_objects (segment_id);
            CREATE INDEX archive_objects_by_path ON archive_objects (path);

            CREATE TABLE archive_removed (
              path TEXT NOT NULL,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              PRIMARY KEY (path, segment_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE archive_programs (
              digest BLOB NOT NULL,
              version TEXT NOT NULL,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              PRIMARY KEY (digest, segment_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE archive_damaged (
              archive TEXT NOT NULL,
              path TEXT NOT NULL,
              digest BLOB NOT NULL,
              seen_ms INTEGER NOT NULL,
              PRIMARY KEY (archive, path, digest)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE archive_results (
              id INTEGER PRIMARY KEY,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              unit TEXT NOT NULL,
              stage TEXT NOT NULL,
              recipe_id INTEGER NOT NULL REFERENCES component_sets (id),
              code_id INTEGER NOT NULL REFERENCES component_sets (id),
              inputs_id INTEGER NOT NULL REFERENCES component_sets (id),
              reads_id INTEGER NOT NULL REFERENCES component_sets (id),
              outputs TEXT NOT NULL,
              result TEXT,
              duration_ms INTEGER NOT NULL,
              made_ms INTEGER NOT NULL,
              user TEXT NOT NULL,
              host TEXT NOT NULL,
              commit_id TEXT
            ) STRICT;
            CREATE INDEX archive_results_by_inputs ON archive_results (recipe_id, inputs_id);
            CREATE INDEX archive_results_by_unit ON archive_results (unit);
            CREATE INDEX archive_results_by_segment ON archive_results (segment_id);

            CREATE TABLE archive_releases (
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              environment TEXT NOT NULL,
              number INTEGER NOT NULL,
              identity BLOB NOT NULL,
              image TEXT,
              code BLOB,
              manifest BLOB NOT NULL,
              bundle BLOB,
              settings TEXT NOT NULL,
              commit_id TEXT,
              created_ms INTEGER NOT NULL,
              user TEXT NOT NULL,
              host TEXT NOT NULL,
              PRIMARY KEY (environment, number, segment_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE archive_deployments (
              id INTEGER PRIMARY KEY,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              environment TEXT NOT NULL,
              release INTEGER NOT NULL,
              kind TEXT NOT NULL,
              replaces INTEGER,
              outcome TEXT NOT NULL,
              slot TEXT,
              version TEXT,
              started_ms INTEGER NOT NULL,
              ended_ms INTEGER NOT NULL,
              message TEXT,
              user TEXT NOT NULL,
              host TEXT NOT NULL,
              machine TEXT
            ) STRICT;
            CREATE INDEX archive_deployments_by_environment
              ON archive_deployments (environment, ended_ms);

            CREATE TABLE archive_pins (
              id INTEGER PRIMARY KEY,
              segment_id INTEGER NOT NULL REFERENCES archive_segments (id) ON DELETE CASCADE,
              environment TEXT NOT NULL,
              release INTEGER NOT NULL,
              name TEXT NOT NULL,
              is_kept INTEGER NOT NULL
            ) STRICT;
            """)
}
