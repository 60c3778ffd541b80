-- +goose Up
-- Who may sign in. The epoch counts what ends all sessions of an account.
CREATE TABLE auth_accounts (
    id       text   NOT NULL PRIMARY KEY,
    login    text   NOT NULL,
    name     text   NOT NULL,
    role     text   NOT NULL,
    language text   NOT NULL,
    state    text   NOT NULL,
    password text   NOT NULL,
    epoch    bigint NOT NULL,
    created  bigint NOT NULL,
    changed  bigint NOT NULL,
    rev      bigint NOT NULL
);

CREATE UNIQUE INDEX auth_accounts_login ON auth_accounts (login);

-- Attempts to sign in that failed, by what they were made with, and until when no
-- other is taken: deleted a day behind the last. An account with an address that it
-- came from is kept for 30 days.
CREATE TABLE auth_failures (
    key   text   NOT NULL PRIMARY KEY,
    count bigint NOT NULL,
    last  bigint NOT NULL,
    until bigint NOT NULL
);

CREATE INDEX auth_failures_last ON auth_failures (last);

-- Sessions, by the SHA-256 of their cookies.
CREATE TABLE auth_sessions (
    hash    bytea  NOT NULL PRIMARY KEY,
    account text   NOT NULL REFERENCES auth_accounts (id),
    epoch   bigint NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL,
    ends    bigint NOT NULL
);

CREATE INDEX auth_sessions_account ON auth_sessions (account);
CREATE INDEX auth_sessions_expires ON auth_sessions (expires);

-- Tokens of programs, with the SHA-256 of their secrets. Scopes are a JSON array.
CREATE TABLE auth_tokens (
    id      text   NOT NULL PRIMARY KEY,
    hash    bytea  NOT NULL,
    account text   NOT NULL REFERENCES auth_accounts (id),
    name    text   NOT NULL,
    scopes  text   NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL,
    used    bigint NOT NULL,
    revoked bigint NOT NULL
);

CREATE INDEX auth_tokens_account ON auth_tokens (account, id);
