extension Migration {
    /// The first schema. `docs/reference/ledger.md` explains every table to people who query it.
    static let initial = Migration(
        name: "0001 runs, units, attempts, files, releases, deployments",
        sql: """
            CREATE TABLE runs (
              id INTEGER PRIMARY KEY,
              command TEXT NOT NULL,
              started_ms INTEGER NOT NULL,
              ended_ms INTEGER,
              outcome TEXT CHECK (outcome IN ('done', 'failed', 'interrupted', 'crashed')),
              host TEXT NOT NULL,
              boot_id TEXT NOT NULL,
              pid INTEGER NOT NULL,
              pid_start INTEGER NOT NULL,
              user TEXT NOT NULL,
              commit_id TEXT,
              tool_version TEXT NOT NULL
            ) STRICT;

            CREATE TABLE units (
              id INTEGER PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              stage TEXT NOT NULL,
              success_id INTEGER REFERENCES attempts (id),
              newest_id INTEGER REFERENCES attempts (id)
            ) STRICT;

            CREATE TABLE component_sets (
              id INTEGER PRIMARY KEY,
              digest BLOB NOT NULL UNIQUE,
              content TEXT NOT NULL
            ) STRICT;

            CREATE TABLE attempts (
              id INTEGER PRIMARY KEY,
              unit_id INTEGER NOT NULL REFERENCES units (id),
              run_id INTEGER NOT NULL REFERENCES runs (id),
              outcome TEXT NOT NULL
                CHECK (outcome IN ('running', 'done', 'restored', 'failed', 'interrupted')),
              reasons TEXT NOT NULL,
              fingerprint BLOB,
              recipe_id INTEGER REFERENCES component_sets (id),
              code_id INTEGER REFERENCES component_sets (id),
              inputs_id INTEGER REFERENCES component_sets (id),
              reads_id INTEGER REFERENCES component_sets (id),
              started_ms INTEGER NOT NULL,
              duration_ms INTEGER,
              log TEXT,
              message TEXT,
              result TEXT,
              metrics TEXT
            ) STRICT;
            CREATE INDEX attempts_by_unit ON attempts (unit_id);
            CREATE INDEX attempts_by_run ON attempts (run_id);
            CREATE INDEX attempts_by_inputs ON attempts (recipe_id, inputs_id)
              WHERE outcome IN ('done', 'restored');

            CREATE TABLE artifacts (
              attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
              kind TEXT NOT NULL CHECK (kind IN ('file', 'image', 'pushed-image', 'manifest', 'code')),
              name TEXT NOT NULL,
              digest BLOB NOT NULL,
              size INTEGER NOT NULL,
              PRIMARY KEY (attempt_id, kind, name)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX artifacts_by_digest ON artifacts (digest);

            CREATE TABLE file_digests (
              path TEXT PRIMARY KEY,
              device INTEGER NOT NULL,
              inode INTEGER NOT NULL,
              size INTEGER NOT NULL,
              modified_ns INTEGER NOT NULL,
              changed_ns INTEGER NOT NULL,
              digest BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE tool_versions (
              command TEXT PRIMARY KEY,
              stat_key TEXT NOT NULL,
              output TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE releases (
              number INTEGER PRIMARY KEY,
              environment TEXT NOT NULL,
              identity BLOB NOT NULL,
              image TEXT,
              code BLOB,
              manifest BLOB NOT NULL,
              bundle BLOB,
              configuration BLOB NOT NULL,
              settings TEXT NOT NULL,
              commit_id TEXT,
              created_ms INTEGER NOT NULL,
              run_id INTEGER REFERENCES runs (id),
              UNIQUE (environment, identity)
            ) STRICT;
            CREATE TRIGGER releases_are_immutable BEFORE UPDATE ON releases
              BEGIN SELECT RAISE (ABORT, 'a release never changes'); END;

            CREATE TABLE deployments (
              id INTEGER PRIMARY KEY,
              environment TEXT NOT NULL,
              release INTEGER NOT NULL REFERENCES releases (number),
              kind TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback')),
              replaces INTEGER REFERENCES releases (number),
              slot TEXT,
              run_id INTEGER REFERENCES runs (id),
              started_ms INTEGER NOT NULL,
              ended_ms INTEGER,
              outcome TEXT CHECK (outcome IN ('live', 'failed', 'interrupted')),
              message TEXT
            ) STRICT;
            CREATE INDEX deployments_by_environment ON deployments (environment, id);

            CREATE TABLE manifests (
              digest BLOB PRIMARY KEY,
              files INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              created_ms INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE slots (
              environment TEXT NOT NULL,
              name TEXT NOT NULL,
              manifest BLOB,
              generation INTEGER NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('empty', 'writing', 'complete')),
              changed_ms INTEGER NOT NULL,
              PRIMARY KEY (environment, name)
            ) STRICT, WITHOUT ROWID;
            """)
}
