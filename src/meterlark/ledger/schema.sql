-- The ledger's tables, version 1. Times are microseconds since 1970-01-01T00:00:00Z. Nothing in `event` is ever changed or deleted.

CREATE TABLE event (
    sequence    INTEGER PRIMARY KEY,
    namespace   TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    text        BLOB    NOT NULL
);

-- Which event has an identity: the 16-byte digest of (namespace, source, id). Filled in key order, in slices, from `recent_identity`.
CREATE TABLE identity (
    digest   BLOB    PRIMARY KEY,
    sequence INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest identities, in order of arrival, until they stand in `identity`. An event's digest is in one of the two, or in both.
CREATE TABLE recent_identity (
    sequence INTEGER PRIMARY KEY,
    digest   BLOB    NOT NULL
);

CREATE TABLE conflict (
    id             INTEGER PRIMARY KEY,
    first_sequence INTEGER NOT NULL REFERENCES event (sequence),
    content_digest BLOB    NOT NULL,
    received_at    INTEGER NOT NULL,
    times          INTEGER NOT NULL,
    text           BLOB    NOT NULL,
    UNIQUE (first_sequence, content_digest)
);

-- How often the content of an event came again.
CREATE TABLE duplicate (
    first_sequence INTEGER PRIMARY KEY REFERENCES event (sequence),
    times          INTEGER NOT NULL
);
