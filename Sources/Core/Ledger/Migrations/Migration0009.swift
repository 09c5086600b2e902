extension Migration {
    /// Releases and deployments of other clones: a number belongs to an environment, so it is no key of this ledger's any more.
    static let releasesOfOthers = Migration(
        name: "0009 releases of other clones",
        sql: """
            CREATE TABLE releases_rebuilt (
              id INTEGER PRIMARY KEY,
              number INTEGER NOT NULL,
              environment TEXT NOT NULL,
              identity BLOB NOT NULL,
              settings TEXT NOT NULL,
              configuration BLOB NOT NULL,
              manifest BLOB NOT NULL,
              image TEXT,
              code BLOB,
              bundle BLOB,
              commit_id TEXT,
              created_ms INTEGER NOT NULL,
              run_id INTEGER REFERENCES runs (id),
              archive TEXT,
              user TEXT,
              host TEXT,
              UNIQUE (environment, number, identity)
            ) STRICT;
            INSERT INTO releases_rebuilt (id, number, environment, identity, image, code, manifest,
              bundle, configuration, settings, commit_id, created_ms, run_id)
              SELECT number, number, environment, identity, image, code, manifest,
                bundle, configuration, settings, commit_id, created_ms, run_id FROM releases;

            CREATE TABLE deployments_rebuilt (
              id INTEGER PRIMARY KEY,
              environment TEXT NOT NULL,
              release INTEGER NOT NULL REFERENCES releases_rebuilt (id),
              kind TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback')),
              replaces INTEGER REFERENCES releases_rebuilt (id),
              slot TEXT,
              run_id INTEGER REFERENCES runs (id),
              started_ms INTEGER NOT NULL,
              ended_ms INTEGER,
              outcome TEXT CHECK (outcome IN ('live', 'failed', 'interrupted')),
              message TEXT,
              version TEXT,
              user TEXT,
              host TEXT,
              machine TEXT
            ) STRICT;
            INSERT INTO deployments_rebuilt (id, environment, release, kind, replaces, slot, run_id,
              started_ms, ended_ms, outcome, message, version)
              SELECT id, environment, release, kind, replaces, slot, run_id,
                started_ms, ended_ms, outcome, message, version FROM deployments;

            DROP TABLE deployments;
            DROP TABLE releases;
            ALTER TABLE releases_rebuilt RENAME TO releases;
            ALTER TABLE deployments_rebuilt RENAME TO deployments;
            CREATE INDEX releases_by_identity ON releases (environment, identity);
            CREATE INDEX deployments_by_environment ON deployments (environment, id);
            CREATE TRIGGER releases_are_immutable BEFORE UPDATE ON releases
              BEGIN SELECT RAISE (ABORT, 'a release never changes'); END;
            """)
}
