-- The catalog's tables, version 1, in the ledger's file. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE catalog_version (
    version INTEGER NOT NULL
);
INSERT INTO catalog_version (version) VALUES (1);

CREATE TABLE meter (
    id         TEXT    PRIMARY KEY,
    slug       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    definition BLOB    NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX meter_live_slug ON meter (slug) WHERE deleted_at IS NULL;
