package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/cmd/isolated"
	"github.com/listgate/listgate/internal/config"
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
	return root
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

func configCommand(p *process) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "look at the settings"}
	c.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "say everything that is wrong with the settings, and what they are",
		Args:  cobra.NoArgs,
		RunE: withSettings(p, func(_ context.Context, s *config.Settings) error {
			fmt.Fprint(p.out, s)
			return s.Check()
		}),
	})
	return c
}
