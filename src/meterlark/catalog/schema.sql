-- The catalog's tables, version 1, in the ledger's file. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE catalog_version (
    version INTEGER NOT NULL
);
INSERT INTO catalog_version (version) VALUES (1);

CREATE TABLE catalog_record (
    kind       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    claims     BLOB    NOT NULL, -- JSON: [[scope, text], ...]; kept after deletion, when catalog_claim has freed them
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    definition BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;

-- Which live record holds a text.
CREATE TABLE catalog_claim (
    scope TEXT NOT NULL,
    text  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    id    TEXT NOT NULL,
    PRIMARY KEY (scope, text)
) WITHOUT ROWID;
CREATE INDEX catalog_claim_holder ON catalog_claim (kind, id);

-- The audit log; nothing here is ever changed or deleted.
CREATE TABLE audit_entry (
    number   INTEGER PRIMARY KEY,
    previous TEXT    NOT NULL,
    digest   TEXT    NOT NULL,
    entry    BLOB    NOT NULL
);
