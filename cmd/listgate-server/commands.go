package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/cmd/isolated"
	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/review/policies"
)

// The exit statuses of listgate-server.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is an error of the call.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is the whole command as a function: it returns the exit status.
func run(ctx context.Context, p *process) int {
	if len(p.args) == 2 && p.args[0] == isolated.Argument {
		return isolated.Child(p.args[1])
	}
	root := rootCommand(p)
	root.SetArgs(p.args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(p.err, "listgate-server: %v\n", err)
	var wrong usageError
	if errors.As(err, &wrong) || errors.As(err, new(config.Problems)) {
		return exitUsage
	}
	return exitFailed
}

func rootCommand(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:           "listgate-server",
		Short:         "Review applications for deep synthesis: workbench, API, ledger",
		Version:       version,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	config.Flags(root.PersistentFlags())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(serveCommand(p), workCommand(p), migrateCommand(p), configCommand(p),
		registryCommand(p), ledgerCommand(p), userCommand(p), tokenCommand(p), demoCommand(p))
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	strict(root)
	return root
}

// strict makes errors of the call of all that the library finds wrong with arguments,
// and of a word that is no command.
func strict(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage("%s%w", called(c), err)
			}
			return nil
		}
	}
	if !c.Runnable() {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%sthere is no command %q", called(c), args[0])
			}
			return c.Help()
		}
	}
	for _, below := range c.Commands() {
		strict(below)
	}
}

// called is the name of a command before a complaint; the program's stands there anyway.
func called(c *cobra.Command) string {
	if !c.HasParent() {
		return ""
	}
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ") + ": "
}

// withSettings reads the settings for a command.
func withSettings(p *process, do func(ctx context.Context, s *config.Settings) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		s, err := config.Load(c.Flags(), p.env)
		if err != nil {
			return err
		}
		return do(c.Context(), s)
	}
}

// withRecords opens the records for a command.
func withRecords(p *process, do func(ctx context.Context, r *records) error,
) func(*cobra.Command, []string) error {
	return withSettings(p, func(ctx context.Context, s *config.Settings) error {
		r, err := openRecords(ctx, p, s)
		if err != nil {
			return err
		}
		return errors.Join(do(ctx, r), r.close())
	})
}

func migrateCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "bring the tables of the database up to date",
		Args:  cobra.NoArgs,
		RunE: withSettings(p, func(ctx context.Context, s *config.Settings) error {
			r, err := openTables(ctx, p, s)
			if err != nil {
				return err
			}
			return errors.Join(r.migrate(ctx), r.close())
		}),
	}
}

// migrate brings the tables up to date, with the lists that come with the program.
func (r *records) migrate(ctx context.Context) error {
	if err := r.db.Migrate(ctx); err != nil {
		return err
	}
	return r.seed(ctx)
}

// readable reads what the settings name as strictly as the server does.
func readable(s *config.Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	_, law := edition(s.Law)
	_, policy := readPolicy(s.Policy, policies.Default)
	_, _, keys := signing(s.Ledger)
	if err := errors.Join(law, policy, keys); err != nil {
		return usageError{err}
	}
	return nil
}

func configCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "look at the settings"}
	c.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "say everything that is wrong with the settings, and what they are",
		Args:  cobra.NoArgs,
		RunE: withSettings(p, func(_ context.Context, s *config.Settings) error {
			fmt.Fprintf(p.out, "%s", s)
			return readable(s)
		}),
	})
	return c
}
