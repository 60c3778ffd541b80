// Command listgate reads Android and iOS packages and reports, with evidence,
// whether they generate or edit content by deep synthesis and how they stand to
// what the law asks of that: for the pipeline of an app store, unattended, and
// for developers before they submit.
//
// It is one static binary without a database and without network. With --isolate it
// runs itself once more as a child for each package.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/listgate/listgate/cmd/isolated"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == isolated.Argument {
		os.Exit(isolated.Child(os.Args[2]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(isolated.SoftMemory)
	}
	os.Exit(run(ctx, &process{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr,
		now: time.Now, env: os.Getenv,
		outTerminal: term.IsTerminal(
			int(os.Stdout.Fd()),
		), //nolint:gosec // a file descriptor fits an int
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())), //nolint:gosec // likewise
	}))
}

// process is all that the command has of the world, so that tests give it theirs.
type process struct {
	args        []string
	in          io.Reader
	out, err    io.Writer
	now         func() time.Time
	env         func(string) string
	outTerminal bool // stdout shows colours
	errTerminal bool // stderr shows progress
}

// color reports whether the output may be coloured (no-color.org).
func (p *process) color() bool {
	return p.outTerminal && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
}
