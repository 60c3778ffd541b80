package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/internal/auth"
)

// operator is who changes accounts by the command, as the ledger names him.
const operator = "operator"

func userCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "accounts of people"}
	var draft auth.Account
	add := &cobra.Command{
		Use:   "add LOGIN",
		Short: "add an account; the password is asked for, or read from the input",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			draft.Login = args[0]
			return withRecords(p, func(ctx context.Context, r *records) error {
				password, err := p.password()
				if err != nil {
					return err
				}
				made, err := r.accounts.Create(ctx, operator, draft, password)
				if err == nil {
					fmt.Fprintf(p.out, "%s %s %s\n", made.ID, made.Login, made.Role)
				}
				return err
			})(c, nil)
		},
	}
	add.Flags().StringVar(&draft.Name, "name", "", "`name` that others see")
	add.Flags().StringVar(&draft.Role, "role", "", "`role`: "+strings.Join(roles(), ", "))
	add.Flags().StringVar(&draft.Language, "speaks", "zh-CN", "`language`: zh-CN or en")
	c.AddCommand(add, &cobra.Command{
		Use:   "list",
		Short: "list the accounts",
		Args:  cobra.NoArgs,
		RunE: withRecords(p, func(ctx context.Context, r *records) error {
			return eachAccount(ctx, r, func(a auth.Account) {
				state := "active"
				if a.Disabled {
					state = "disabled"
				}
				fmt.Fprintf(p.out, "%s\t%s\t%s\t%s\t%s\n", a.ID, a.Login, a.Role, state, a.Name)
			})
		}),
	})
	c.AddCommand(changeCommands(p)...)
	return c
}

// eachAccount calls each with every account.
func eachAccount(ctx context.Context, r *records, each func(auth.Account)) error {
	const page = 200
	for after := ""; ; {
		list, err := r.accounts.List(ctx, after, page)
		if err != nil {
			return err
		}
		for _, a := range list {
			each(a)
			after = a.ID
		}
		if len(list) < page {
			return nil
		}
	}
}

// changeCommands change one account, which is signed out by it.
func changeCommands(p *process) []*cobra.Command {
	type doer func(ctx context.Context, r *records, on auth.Change, args []string) error
	change := func(use, short string, do doer) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " ")),
			RunE: func(c *cobra.Command, args []string) error {
				return withRecords(p, func(ctx context.Context, r *records) error {
					a, err := r.accounts.ByLogin(ctx, args[0])
					if err != nil {
						return err
					}
					on := auth.Change{By: operator, ID: a.ID, Rev: a.Rev}
					return do(ctx, r, on, args[1:])
				})(c, nil)
			},
		}
	}
	return []*cobra.Command{
		change("role LOGIN ROLE", "give an account another role",
			func(ctx context.Context, r *records, on auth.Change, args []string) error {
				_, err := r.accounts.SetRole(ctx, on, args[0])
				return err
			}),
		change("password LOGIN", "set a password; it is asked for, or read from the input",
			func(ctx context.Context, r *records, on auth.Change, _ []string) error {
				password, err := p.password()
				if err == nil {
					_, err = r.accounts.SetPassword(ctx, on, password)
				}
				return err
			}),
		change("disable LOGIN", "let an account in no more",
			func(ctx context.Context, r *records, on auth.Change, _ []string) error {
				_, err := r.accounts.SetDisabled(ctx, on, true)
				return err
			}),
		change("enable LOGIN", "let an account in again",
			func(ctx context.Context, r *records, on auth.Change, _ []string) error {
				_, err := r.accounts.SetDisabled(ctx, on, false)
				return err
			}),
	}
}

// maxSecret bounds the line that holds a password, in bytes.
const maxSecret = 4096

// password asks for a password on a terminal; else it is the first line of the input.
func (p *process) password() (string, error) {
	if f, ok := p.in.(*os.File); ok && p.terminal(f) {
		fmt.Fprintf(p.err, "password: ")
		secret, err := p.secret()
		fmt.Fprintf(p.err, "\n")
		return string(secret), err
	}
	line, err := bufio.NewReader(io.LimitReader(p.in, maxSecret)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

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
	c.AddCommand(add)
	return c
}
