// Package isolated reads packages in child processes: whatever a package does to its
// child costs its own report everything but a gap, and never the program.
//
// The program runs itself once more for each package. Its main hands over to Child
// where the first argument is Argument; internal/sandbox says what the child gives up.
package isolated

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/internal/sandbox"
)

// Argument is the first argument of a child; a task stands behind it.
const Argument = "isolated-child"

// What a child is asked.
const (
	taskRead      = "read"      // answers with the bytes inflated, and the facts
	taskRecognise = "recognise" // answers with the format
)

// SoftMemory is where the collector begins to work harder: what a package leaves
// behind once its entries are read is mostly garbage. It refuses nothing.
const SoftMemory = 256 << 20

// The exit statuses of a child.
const (
	exitDone   = 0
	exitFailed = 3
)

// Child is main of the child: it answers the task on standard output and returns the
// exit status.
func Child(task string) int {
	debug.SetMemoryLimit(min(SoftMemory, debug.SetMemoryLimit(-1)))
	if err := answer(task, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "listgate: %v\n", err)
		return exitFailed
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

// Parent runs children.
type Parent struct {
	Limits sandbox.Limits
	// Require reads nothing where a protection cannot be set up.
	Require bool
	// Missing is told, for each child, the protections that could not be set up; it is
	// not called where there are none.
	Missing func(protections []string)
}

// Read returns the facts of a package, and the bytes that it inflated. A package that
// ends its child has facts with a gap over all of it. The error means that nothing
// can be said of the package: the child could not be started, or the context ended.
func (p *Parent) Read(
	ctx context.Context, file *os.File, size int64,
) (doc *analyzer.Facts, inflated int64, err error) {
	var unread error
	err = p.child(ctx, taskRead, file, func(r io.Reader) error {
		if unread = binary.Read(r, binary.BigEndian, &inflated); unread == nil {
			doc, unread = facts.Read(r)
		}
		return unread
	})
	var failure *sandbox.Failure
	f := analyzer.File{Bytes: file, Size: size}
	switch {
	case ctx.Err() != nil:
		return nil, 0, ctx.Err()
	case errors.As(err, &failure) && failure.Exhausted():
		return lost(f, analyzer.GapExhausted, failure)
	case failure != nil || unread != nil:
		return lost(f, analyzer.GapCrashed, err)
	case err != nil:
		return nil, 0, err
	}
	return doc, inflated, nil
}

// Recognise reports a package of a known format, and one that ends the child that
// looks.
func (p *Parent) Recognise(ctx context.Context, file *os.File) bool {
	var name strings.Builder
	err := p.child(ctx, taskRecognise, file, func(r io.Reader) error {
		_, err := io.CopyN(&name, r, 64)
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	})
	return err != nil || analyzer.FormatName(name.String()) != analyzer.Unknown
}

// child runs one child over the package.
func (p *Parent) child(
	ctx context.Context, task string, file *os.File, read func(io.Reader) error,
) error {
	outcome, err := sandbox.Run(ctx, sandbox.Command{
		Args: []string{Argument, task}, File: file, Limits: p.Limits, Require: p.Require,
	}, read)
	if len(outcome.Missing) > 0 && p.Missing != nil {
		p.Missing(outcome.Missing)
	}
	return err
}

// lost is what is known of a package whose analysis ended early: its bytes.
func lost(
	f analyzer.File, reason analyzer.GapReason, cause error,
) (*analyzer.Facts, int64, error) {
	doc := &analyzer.Facts{
		Schema:  analyzer.FactsSchema,
		Package: analyzer.Package{Format: analyzer.Unknown, Size: f.Size},
		Gaps:    []analyzer.Gap{{Reason: reason, Detail: cause.Error(), Code: true}},
	}
	sum := sha256.New()
	n, err := io.Copy(sum, io.NewSectionReader(f.Bytes, 0, f.Size))
	if err == nil && n == f.Size {
		doc.Package.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return doc, 0, err // that of the disk: the package may be read another time
}
