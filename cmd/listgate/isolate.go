package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/cmd/isolated"
	"github.com/listgate/listgate/internal/sandbox"
)

// isolation are the flags of a child.
type isolation struct {
	on     bool
	memory int64 // MiB
	time   time.Duration
}

func (o isolation) validate(stored bool) error {
	switch {
	case o.on && runtime.GOOS != "linux":
		return usage("--isolate: only on Linux")
	case o.on && stored:
		return usage("--isolate: stored facts are judged without a package")
	case o.memory < 1 || o.memory > 1<<20:
		return usage("--isolate-memory %d: want 1 to %d MiB", o.memory, 1<<20)
	case o.time <= 0:
		return usage("--isolate-time %s: want more than nothing", o.time)
	}
	return nil
}

// parent runs the children of this scan.
func (s *scanner) parent() *isolated.Parent {
	o := s.options.isolation
	return &isolated.Parent{
		Limits: sandbox.Limits{Memory: o.memory << 20, Time: o.time},
		Missing: func(protections []string) {
			if !s.warned {
				s.warned = true
				fmt.Fprintf(s.process.err,
					"listgate: isolation is incomplete on this machine: %s\n",
					strings.Join(protections, "; "))
			}
		},
	}
}

// isolated analyses the package in a child. What ends the child costs the report of
// this package everything but a gap.
func (s *scanner) isolated(ctx context.Context, f analyzer.File) (*analyzer.Analysis, error) {
	file, ok := f.Bytes.(*os.File)
	if !ok {
		return nil, errors.New("isolate: the package is not an open file")
	}
	doc, inflated, err := s.parent().Read(ctx, file, f.Size)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		fmt.Fprintf(s.process.err, "listgate: %v\n", err)
		doc = unopened(err)
	}
	a := s.room.engine.Judge(doc)
	a.Inflated = inflated
	return a, nil
}

// recognise reports a package of a known format, and what ends the child that looks.
func (s *scanner) recognise(ctx context.Context, f analyzer.File) bool {
	file, ok := f.Bytes.(*os.File)
	if !s.options.isolation.on || !ok {
		return s.room.engine.Recognise(f) != analyzer.Unknown
	}
	return s.parent().Recognise(ctx, file)
}
