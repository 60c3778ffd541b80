-- +goose Up
-- The lists that were imported, one row for each series of a file. A file whose rows
-- are read as before is imported once. Coverage is what the file holds, held what was
-- held of the series after it. Imported is later than that of every import before.
CREATE TABLE registry_snapshots (
    id        text COLLATE "C" NOT NULL PRIMARY KEY,
    series    text             NOT NULL,
    source    text             NOT NULL,
    published text             NOT NULL,
    fetched   text             NOT NULL,
    sha256    text             NOT NULL,
    reading   text             NOT NULL,
    imported  bigint           NOT NULL,
    by_id     text             NOT NULL,
    by_name   text             NOT NULL,
    row_count bigint           NOT NULL,
    added     bigint           NOT NULL,
    changed   bigint           NOT NULL,
    withdrawn bigint           NOT NULL,
    unchanged bigint           NOT NULL,
    left_out  bigint           NOT NULL,
    rejected  text             NOT NULL,
    coverage  text             NOT NULL,
    held      text             NOT NULL
);

CREATE UNIQUE INDEX registry_snapshots_file ON registry_snapshots (series, sha256, reading);
CREATE INDEX registry_snapshots_imported ON registry_snapshots (imported, id);
CREATE INDEX registry_snapshots_series ON registry_snapshots (series, imported, id);

-- The batches that each of them answers for, until another import brings the batch, by
-- their place in the file.
CREATE TABLE registry_batches (
    snapshot    text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    place       bigint           NOT NULL,
    series      text             NOT NULL,
    published   text             NOT NULL,
    first_day   text             NOT NULL,
    held        bigint           NOT NULL,
    known_from  bigint           NOT NULL,
    known_until bigint           NOT NULL,
    PRIMARY KEY (snapshot, name)
);

CREATE UNIQUE INDEX registry_batches_held ON registry_batches (series, name)
    WHERE known_until = 0;
CREATE INDEX registry_batches_known ON registry_batches (known_until);

-- Every version of every row. Until is 0 while it is held, newest is 1 on the last
-- version of a row, held or withdrawn. Number is the key of the number, digest names
-- what the row says; name, entity and products are folded, for the search.
CREATE TABLE registry_rows (
    id          bigint           NOT NULL PRIMARY KEY,
    digest      text COLLATE "C" NOT NULL,
    series      text COLLATE "C" NOT NULL,
    batch       text COLLATE "C" NOT NULL,
    number      text COLLATE "C" NOT NULL,
    published   text COLLATE "C" NOT NULL,
    name        text             NOT NULL,
    entity      text             NOT NULL,
    products    text             NOT NULL,
    body        text             NOT NULL,
    snapshot    text             NOT NULL,
    known_from  bigint           NOT NULL,
    known_until bigint           NOT NULL,
    ended       text             NOT NULL,
    ended_by    text             NOT NULL,
    newest      bigint           NOT NULL
);

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
    gram   text COLLATE "C" NOT NULL,
    row_id bigint           NOT NULL,
    PRIMARY KEY (gram, row_id)
);
