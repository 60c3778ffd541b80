-- +goose Up
-- What a queue filters by lies in the index of its order, so that no row is read that
-- is not shown.
DROP INDEX cases_state;
CREATE INDEX cases_state ON cases (state, due, id, route, severity, capabilities);
