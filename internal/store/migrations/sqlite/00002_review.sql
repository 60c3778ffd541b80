-- +goose Up
-- Applications in the store. The standing is a JSON object, its state is in state too.
CREATE TABLE apps (
    id       TEXT    NOT NULL PRIMARY KEY,
    rev      INTEGER NOT NULL,
    package  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    provider TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    standing TEXT    NOT NULL
) STRICT;

-- Which application a package id is, by platform: two uploads of one new application
-- at once cannot make two.
CREATE TABLE app_packages (
    platform TEXT NOT NULL,
    package  TEXT NOT NULL,
    app_id   TEXT NOT NULL REFERENCES apps (id),
    PRIMARY KEY (platform, package)
) STRICT, WITHOUT ROWID;

CREATE TABLE releases (
    id       TEXT    NOT NULL PRIMARY KEY,
    rev      INTEGER NOT NULL,
    app_id   TEXT    NOT NULL REFERENCES apps (id),
    platform TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    state    TEXT    NOT NULL
) STRICT;

CREATE INDEX releases_app ON releases (app_id, id)
    WHERE state NOT IN ('withdrawn', 'superseded');
CREATE INDEX releases_submitted ON releases (id) WHERE state = 'submitted';

-- Cases as queues list them. What a list shows of application and release is repeated
-- here; capabilities and made are JSON.
CREATE TABLE cases (
    id             TEXT    NOT NULL PRIMARY KEY,
    rev            INTEGER NOT NULL,
    app_id         TEXT    NOT NULL,
    release_id     TEXT    NOT NULL,
    stage          TEXT    NOT NULL,
    origin         TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    rest           TEXT    NOT NULL,
    claim_by       TEXT    NOT NULL,
    claim_name     TEXT    NOT NULL,
    claim_role     TEXT    NOT NULL,
    claim_until    INTEGER NOT NULL,
    route          TEXT    NOT NULL,
    severity       TEXT    NOT NULL,
    capabilities   TEXT    NOT NULL,
    made           TEXT    NOT NULL,
    received       INTEGER NOT NULL,
    published      INTEGER NOT NULL,
    known          INTEGER NOT NULL,
    opened         INTEGER NOT NULL,
    due            INTEGER NOT NULL,
    name           TEXT    NOT NULL,
    package        TEXT    NOT NULL,
    provider       TEXT    NOT NULL,
    version        TEXT    NOT NULL,
    platform       TEXT    NOT NULL,
    name_folded    TEXT    NOT NULL,
    package_folded TEXT    NOT NULL
) STRICT;

-- A list of several states is put together from one range of this index for each.
CREATE INDEX cases_state ON cases (state, due, id, route);
CREATE INDEX cases_claimed ON cases (claim_by, due, id) WHERE state = 'claimed';
CREATE INDEX cases_lease ON cases (claim_until, id) WHERE state = 'claimed';
CREATE INDEX cases_app ON cases (app_id, due, id) WHERE app_id <> '';
CREATE INDEX cases_release ON cases (release_id)
    WHERE release_id <> '' AND state NOT IN ('decided', 'effected', 'closed');
CREATE INDEX cases_package ON cases (package_folded, id) WHERE package_folded <> '';

-- Every two characters that stand together in the folded name of a case, and its last.
CREATE TABLE case_grams (
    gram    TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (gram, case_id)
) STRICT, WITHOUT ROWID;

-- Decisions in their order, as JSON. What is due of them is repeated, 0 where nothing
-- is: the end of a deadline that runs and can be acted on, by when to ratify, and the
-- end of a deadline that runs and is provisional.
CREATE TABLE case_decisions (
    id          TEXT    NOT NULL PRIMARY KEY,
    case_id     TEXT    NOT NULL REFERENCES cases (id),
    place       INTEGER NOT NULL,
    measure     TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    term        INTEGER NOT NULL,
    ratify      INTEGER NOT NULL,
    provisional INTEGER NOT NULL,
    body        TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX case_decisions_case ON case_decisions (case_id, place);
CREATE INDEX case_decisions_term ON case_decisions (term, case_id) WHERE term > 0;
CREATE INDEX case_decisions_ratify ON case_decisions (ratify, case_id) WHERE ratify > 0;
CREATE INDEX case_decisions_provisional ON case_decisions (provisional, case_id)
    WHERE provisional > 0;

-- The history of cases.
CREATE TABLE case_entries (
    id          INTEGER NOT NULL PRIMARY KEY,
    case_id     TEXT    NOT NULL REFERENCES cases (id),
    at          INTEGER NOT NULL,
    by_id       TEXT    NOT NULL,
    by_name     TEXT    NOT NULL,
    by_role     TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    from_state  TEXT    NOT NULL,
    to_state    TEXT    NOT NULL,
    decision_id TEXT    NOT NULL,
    note        TEXT    NOT NULL
) STRICT;

CREATE INDEX case_entries_case ON case_entries (case_id, id);

-- What was handed in. The scan is a JSON object, empty before the first has ended.
CREATE TABLE submissions (
    id          TEXT    NOT NULL PRIMARY KEY,
    case_id     TEXT    NOT NULL,
    file        TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    declaration TEXT    NOT NULL,
    by_id       TEXT    NOT NULL,
    by_name     TEXT    NOT NULL,
    by_role     TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    received    INTEGER NOT NULL,
    scanned     INTEGER NOT NULL,
    scan        TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX submissions_case ON submissions (case_id);
CREATE UNIQUE INDEX submissions_key ON submissions (by_id, key) WHERE key <> '';

-- What was written to developers. The facts are the JSON that both texts say.
CREATE TABLE letters (
    id          TEXT    NOT NULL PRIMARY KEY,
    case_id     TEXT    NOT NULL REFERENCES cases (id),
    decision_id TEXT    NOT NULL REFERENCES case_decisions (id),
    event       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    zh          TEXT    NOT NULL,
    en          TEXT    NOT NULL,
    facts       TEXT    NOT NULL
) STRICT;

CREATE INDEX letters_case ON letters (case_id, at, id);
