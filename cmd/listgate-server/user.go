package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

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
			return eachAccount(ctx, r.accounts, accountsPage, func(a auth.Account) {
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

// accountsPage is how many accounts are read at a time.
const accountsPage = 200

// eachAccount calls each with every account, in the order of their logins.
func eachAccount(
	ctx context.Context, accounts *auth.Accounts, page int, each func(auth.Account),
) error {
	for after := ""; ; {
		list, err := accounts.List(ctx, after, page)
		if err != nil {
			return err
		}
		for _, a := range list {
			each(a)
			after = a.Login
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
