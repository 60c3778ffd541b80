// Command listgate-server runs the review of an application store: the workbench and
// the API (serve), the analysis of packages and what falls due (work), and what an
// operator needs beside them: tables, accounts, lists, the ledger.
//
// This is the place that wires: it opens what the settings name and hands it to the
// domain, which knows neither databases nor files.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // the day is China's, on machines without a zone database too

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, &process{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr,
		now: time.Now, env: os.Environ(),
		secret:   func() ([]byte, error) { return term.ReadPassword(int(os.Stdin.Fd())) },
		terminal: func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) },
	}))
}

// process is all that the command has of the world, so that tests give it theirs.
type process struct {
	args     []string
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	env      []string
	// secret reads a line from the terminal without showing it.
	secret   func() ([]byte, error)
	terminal func(*os.File) bool
}
