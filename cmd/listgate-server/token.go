package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/internal/auth"
)

func tokenCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "tokens of pipelines"}
	var draft auth.Token
	var days int
	add := &cobra.Command{
		Use:   "add LOGIN",
		Short: "make a token for an account, and print it once",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if draft.Name == "" {
				return usage("token add: --name names the pipeline, which histories show")
			}
			return withRecords(p, func(ctx context.Context, r *records) error {
				a, err := r.accounts.ByLogin(ctx, args[0])
				if err != nil {
					return err
				}
				draft.Account = a.ID
				draft.Expires = p.now().Add(time.Duration(days) * 24 * time.Hour)
				made, bearer, err := r.accounts.Tokens().Issue(ctx, draft)
				if err == nil {
					until := made.Expires.Format(time.DateOnly)
					fmt.Fprintf(p.err, "%s, until %s\n", made.Name, until)
					fmt.Fprintf(p.out, "%s\n", bearer)
				}
				return err
			})(c, nil)
		},
	}
	add.Flags().StringVar(&draft.Name, "name", "", "`name` of the pipeline, which histories show")
	add.Flags().StringSliceVar(&draft.Scopes, "scope", []string{auth.ScopeSubmit},
		"`scopes`: submit, read")
	add.Flags().IntVar(&days, "days", 90, "`days` until it ends, 366 at most")
	c.AddCommand(add, tokenListCommand(p), tokenRevokeCommand(p))
	return c
}

// maxListed is how many tokens of one account are listed, the newest.
const maxListed = 500

func tokenListCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "list LOGIN",
		Short: "list the tokens of an account: id, state, last use, scopes, name",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withRecords(p, func(ctx context.Context, r *records) error {
				a, err := r.accounts.ByLogin(ctx, args[0])
				if err != nil {
					return err
				}
				list, err := r.accounts.Tokens().List(ctx, a.ID, maxListed)
				for _, t := range list {
					used := "never used"
					if !t.Used.IsZero() {
						used = "used " + t.Used.Format(time.DateOnly)
					}
					fmt.Fprintf(p.out, "%s\t%s\t%s\t%s\t%s\n", t.ID, tokenState(t, p.now()), used,
						strings.Join(t.Scopes, ","), t.Name)
				}
				return err
			})(c, nil)
		},
	}
}

// tokenState says whether a token is good, and until when.
func tokenState(t auth.Token, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return "revoked " + t.Revoked.Format(time.DateOnly)
	case !t.Expires.After(now):
		return "expired " + t.Expires.Format(time.DateOnly)
	}
	return "until " + t.Expires.Format(time.DateOnly)
}

func tokenRevokeCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke LOGIN ID",
		Short: "end a token for ever, such as one that leaked",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return withRecords(p, func(ctx context.Context, r *records) error {
				a, err := r.accounts.ByLogin(ctx, args[0])
				if err != nil {
					return err
				}
				return r.accounts.Tokens().Revoke(ctx, a.ID, args[1])
			})(c, nil)
		},
	}
}
