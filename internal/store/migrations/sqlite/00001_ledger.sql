-- +goose Up
-- The entries of the ledger. Body and salt are null where the entry was erased.
CREATE TABLE ledger_rows (
    seq     INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    subject TEXT    NOT NULL,
    body    TEXT,
    salt    BLOB,
    leaf    BLOB    NOT NULL
) STRICT;

CREATE INDEX ledger_rows_subject ON ledger_rows (subject, seq);

-- The nodes of its tree, by stored-hash index.
CREATE TABLE ledger_hashes (
    idx  INTEGER NOT NULL PRIMARY KEY,
    hash BLOB    NOT NULL
) STRICT;

-- The checkpoints that were signed. The proof of an entry rests on one of them.
CREATE TABLE ledger_checkpoints (
    id   INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    note TEXT    NOT NULL
) STRICT;

CREATE INDEX ledger_checkpoints_size ON ledger_checkpoints (size, id);

-- The processes that work jobs, with the time at which each was last seen.
CREATE TABLE job_workers (
    id   TEXT    NOT NULL PRIMARY KEY,
    seen INTEGER NOT NULL
) STRICT;
