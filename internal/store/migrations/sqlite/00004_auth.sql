-- +goose Up
-- Who may sign in. The epoch counts what ends all sessions of an account.
CREATE TABLE auth_accounts (
    id       TEXT    NOT NULL PRIMARY KEY,
    login    TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    language TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    password TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    rev      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX auth_accounts_login ON auth_accounts (login);

-- Attempts to sign in that failed, by what they were made with, and until when no
-- other is taken: deleted a day behind the last. An account with an address that it
-- came from is kept for 30 days.
CREATE TABLE auth_failures (
    key   TEXT    NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE INDEX auth_failures_last ON auth_failures (last);

-- Sessions, by the SHA-256 of their cookies.
CREATE TABLE auth_sessions (
    hash    BLOB    NOT NULL PRIMARY KEY,
    account TEXT    NOT NULL REFERENCES auth_accounts (id),
    epoch   INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    ends    INTEGER NOT NULL
) STRICT;

CREATE INDEX auth_sessions_account ON auth_sessions (account);
CREATE INDEX auth_sessions_expires ON auth_sessions (expires);

-- Tokens of programs, with the SHA-256 of their secrets. Scopes are a JSON array.
CREATE TABLE auth_tokens (
    id      TEXT    NOT NULL PRIMARY KEY,
    hash    BLOB    NOT NULL,
    account TEXT    NOT NULL REFERENCES auth_accounts (id),
    name    TEXT    NOT NULL,
    scopes  TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    revoked INTEGER NOT NULL
) STRICT;

CREATE INDEX auth_tokens_account ON auth_tokens (account, id);
