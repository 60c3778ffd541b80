-- +goose Up
-- The lists that were imported, one row for each series of a file. A file whose rows
-- are read as before is imported once. Coverage is what the file holds, held what was
-- held of the series after it. Imported is later than that of every import before.
CREATE TABLE registry_snapshots (
    id        TEXT    NOT NULL PRIMARY KEY,
    series    TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    published TEXT    NOT NULL,
    fetched   TEXT    NOT NULL,
    sha256    TEXT    NOT NULL,
    reading   TEXT    NOT NULL,
    imported  INTEGER NOT NULL,
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    row_count INTEGER NOT NULL,
    added     INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    left_out  INTEGER NOT NULL,
    rejected  TEXT    NOT NULL,
    coverage  TEXT    NOT NULL,
    held      TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX registry_snapshots_file ON registry_snapshots (series, sha256, reading);
CREATE INDEX registry_snapshots_imported ON registry_snapshots (imported, id);
CREATE INDEX registry_snapshots_series ON registry_snapshots (series, imported, id);

-- The batches that each of them answers for, until another import brings the batch, by
-- their place in the file.
CREATE TABLE registry_batches (
    snapshot    TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    place       INTEGER NOT NULL,
    series      TEXT    NOT NULL,
    published   TEXT    NOT NULL,
    first_day   TEXT    NOT NULL,
    held        INTEGER NOT NULL,
    known_from  INTEGER NOT NULL,
    known_until INTEGER NOT NULL,
    PRIMARY KEY (snapshot, name)
) STRICT;

CREATE UNIQUE INDEX registry_batches_held ON registry_batches (series, name)
    WHERE known_until = 0;
CREATE INDEX registry_batches_known ON registry_batches (known_until);

-- Every version of every row. Until is 0 while it is held, newest is 1 on the last
-- version of a row, held or withdrawn. Number is the key of the number, digest names
-- what the row says; name, entity and products are folded, for the search.
CREATE TABLE registry_rows (
    id          INTEGER NOT NULL PRIMARY KEY,
    digest      TEXT    NOT NULL,
    series      TEXT    NOT NULL,
    batch       TEXT    NOT NULL,
    number      TEXT    NOT NULL,
    published   TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    entity      TEXT    NOT NULL,
    products    TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    snapshot    TEXT    NOT NULL,
    known_from  INTEGER NOT NULL,
    known_until INTEGER NOT NULL,
    ended       TEXT    NOT NULL,
    ended_by    TEXT    NOT NULL,
    newest      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX registry_rows_held ON registry_rows (series, batch, number)
    WHERE known_until = 0;
CREATE INDEX registry_rows_number ON registry_rows (number, series, id);
CREATE INDEX registry_rows_digest ON registry_rows (digest, id);
CREATE INDEX registry_rows_newest ON registry_rows (id) WHERE newest = 1;
CREATE INDEX registry_rows_series ON registry_rows (series, id) WHERE newest = 1;
CREATE INDEX registry_rows_withdrawn ON registry_rows (id)
    WHERE newest = 1 AND known_until > 0;

-- The pairs of characters that the names of a row have, for the search: Chinese is
-- written without spaces.
CREATE TABLE registry_grams (
    gram   TEXT    NOT NULL,
    row_id INTEGER NOT NULL,
    PRIMARY KEY (gram, row_id)
) STRICT, WITHOUT ROWID;
