package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/internal/sandbox"
)

// childArgument makes the command a child that reads one package for its parent; a
// task stands behind it.
const (
	childArgument = "isolated-child"
	taskRead      = "read"      // answers with the bytes inflated, and the facts
	taskRecognise = "recognise" // answers with the format
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

// childMain is main of the child.
func childMain(task string) int {
	debug.SetMemoryLimit(min(softMemory, debug.SetMemoryLimit(-1)))
	if err := answer(task, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "listgate: %v\n", err)
		return exitUnread
	}
	return exitDone
}

func answer(task string, out io.Writer) error {
	input, err := sandbox.Enter()
	if err != nil {
		return err
	}
	st, err := input.Stat()
	if err != nil {
		return err
	}
	engine, err := analyzers.Engine()
	if err != nil {
		return err
	}
	f := analyzer.File{Bytes: input, Size: st.Size()}
	if task == taskRecognise {
		_, err = io.WriteString(out, string(engine.Recognise(f)))
		return err
	}
	// An error is a gap of the facts too.
	doc, inflated, _ := engine.Read(context.Background(), f, analyzer.Options{})
	if err := binary.Write(out, binary.BigEndian, inflated); err != nil {
		return err
	}
	return facts.Write(out, doc)
}

// child runs a child over the package.
func (s *scanner) child(ctx context.Context, task string, f analyzer.File,
	read func(io.Reader) error,
) error {
	file, ok := f.Bytes.(*os.File)
	if !ok {
		return errors.New("isolate: the package is not an open file")
	}
	o := s.options.isolation
	outcome, err := sandbox.Run(ctx, sandbox.Command{
		Args: []string{childArgument, task}, File: file,
		Limits: sandbox.Limits{Memory: o.memory << 20, Time: o.time},
	}, read)
	if len(outcome.Missing) > 0 && !s.warned {
		s.warned = true
		fmt.Fprintf(s.process.err, "listgate: isolation is incomplete on this machine: %s\n",
			strings.Join(outcome.Missing, "; "))
	}
	return err
}

// isolated analyses the package in a child. What ends the child costs the report of
// this package everything but a gap.
func (s *scanner) isolated(ctx context.Context, f analyzer.File) (*analyzer.Analysis, error) {
	var doc *analyzer.Facts
	var inflated int64
	var unread error
	err := s.child(ctx, taskRead, f, func(r io.Reader) error {
		if unread = binary.Read(r, binary.BigEndian, &inflated); unread == nil {
			doc, unread = facts.Read(r)
		}
		return unread
	})
	var failure *sandbox.Failure
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &failure) && failure.Exhausted():
		doc = lost(f, analyzer.GapExhausted, failure)
	case failure != nil || unread != nil:
		doc = lost(f, analyzer.GapCrashed, err)
	case err != nil:
		fmt.Fprintf(s.process.err, "listgate: %v\n", err)
		doc = unopened(err)
	}
	a := s.room.engine.Judge(doc)
	a.Inflated = inflated
	return a, nil
}

// lost is what is known of a package whose analysis ended early.
func lost(f analyzer.File, reason analyzer.GapReason, cause error) *analyzer.Facts {
	doc := unopened(cause)
	doc.Gaps[0].Reason = reason
	sum := sha256.New()
	n, err := io.Copy(sum, io.NewSectionReader(f.Bytes, 0, f.Size))
	if doc.Package.Size = f.Size; err == nil && n == f.Size {
		doc.Package.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return doc
}

// recognise reports a package of a known format, and what ends the child that looks.
func (s *scanner) recognise(ctx context.Context, f analyzer.File) bool {
	if !s.options.isolation.on {
		return s.room.engine.Recognise(f) != analyzer.Unknown
	}
	var name strings.Builder
	err := s.child(ctx, taskRecognise, f, func(r io.Reader) error {
		_, err := io.CopyN(&name, r, 64)
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	})
	return err != nil || analyzer.FormatName(name.String()) != analyzer.Unknown
}
