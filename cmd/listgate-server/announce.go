package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/listgate/listgate/internal/ledger"
	registries "github.com/listgate/listgate/registry/builtin"
)

// edict is an edition of what the store works by, as the ledger says it.
type edict struct {
	kind string
	body map[string]string
}

// announce says in the ledger by which rules, law and policy the store works from now
// on, where the last entry of the kind says something else.
func (o *office) announce(ctx context.Context) error {
	rules := o.engine.Matcher.RuleSet()
	for _, e := range []edict{
		{ledger.RulesRelease, map[string]string{
			"version": rules.Version, "digest": rules.Digest, "program": version,
		}},
		{ledger.LawRelease, map[string]string{
			"edition": o.law.ID, "digest": o.law.Law.Digest,
		}},
		{ledger.PolicyRelease, map[string]string{
			"version": o.policy.Version, "digest": o.policy.Digest,
		}},
	} {
		if err := o.announceOne(ctx, e); err != nil {
			return fmt.Errorf("say in the ledger what is in use: %s: %w", e.kind, err)
		}
	}
	return nil
}

// announceOne looks and appends in one transaction: processes start at the same time.
func (o *office) announceOne(ctx context.Context, e edict) error {
	body, err := json.Marshal(e.body)
	if err != nil {
		return err
	}
	return o.db.Do(ctx, func(ctx context.Context) error {
		if _, err := o.kept.Size(ctx); err != nil { // holds others back
			return err
		}
		last, err := o.kept.Last(ctx, e.kind)
		if err != nil {
			return err
		}
		if last != nil && string(last.Body) == string(body) {
			return nil
		}
		_, err = o.ledger.Append(ctx, ledger.Entry{
			Kind: e.kind, Time: o.now(), Subject: "listgate", Body: body,
		})
		return err
	})
}

// seed imports the public rows that come with the program.
func (r *records) seed(ctx context.Context) error {
	snapshots, err := registries.Snapshots()
	if err != nil {
		return err
	}
	_, err = r.lists.Seed(ctx, snapshots)
	return err
}

// lost reports cases that wait for a person and stand in no queue: there must be none.
func (o *office) lost(ctx context.Context) error {
	ids, err := o.reviewed.Cases().Lost(ctx)
	if err == nil && len(ids) > 0 {
		err = errors.New("cases stand in no queue: " + fmt.Sprint(ids))
	}
	return err
}
