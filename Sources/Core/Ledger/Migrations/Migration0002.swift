extension Migration {
    /// What is done outside, written down before it is done.
    static let remote = Migration(
        name: "0002 intents, leases",
        sql: """
            CREATE TABLE intents (
              id INTEGER PRIMARY KEY,
              environment TEXT NOT NULL,
              kind TEXT NOT NULL,
              subject TEXT NOT NULL,
              detail TEXT,
              run_id INTEGER REFERENCES runs (id),
              started_ms INTEGER NOT NULL,
              ended_ms INTEGER,
              outcome TEXT CHECK (outcome IN ('done', 'failed', 'unknown')),
              message TEXT
            ) STRICT;
            CREATE INDEX intents_open ON intents (environment) WHERE outcome IS NULL;

            CREATE TABLE leases (
              id INTEGER PRIMARY KEY,
              environment TEXT NOT NULL,
              kind TEXT NOT NULL CHECK (kind IN ('transfer-server', 'instance', 'objects')),
              token TEXT NOT NULL,
              resource TEXT,
              cost_per_hour REAL,
              run_id INTEGER REFERENCES runs (id),
              created_ms INTEGER NOT NULL,
              ended_ms INTEGER,
              UNIQUE (kind, token)
            ) STRICT;
            ALTER TABLE deployments ADD COLUMN version TEXT;

            CREATE INDEX leases_open ON leases (environment) WHERE ended_ms IS NULL;
            """)
}
