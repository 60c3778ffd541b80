// Package sandbox runs this program once more as a child that reads one hostile
// file: with bounds on memory, processor time, time and output, and without files,
// network and other programs. Whatever the file does to the child, the parent gets
// an error that says how the child ended.
//
// The parent calls Run; main of the child, which it knows by an argument of the
// caller's choice, calls Enter before it reads a byte of the file, and writes its
// result to standard output. Linux alone has what it takes; elsewhere Run and Enter
// return errors.ErrUnsupported, and nothing is read.
package sandbox

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"time"
)

// Limits bound one child; a zero field means the default.
type Limits struct {
	// Memory is what the child may allocate, in bytes, beyond what the program has
	// when it has started. The collector works harder from three quarters of it on.
	Memory int64
	// CPU is the processor time of all its threads, in whole seconds.
	CPU time.Duration
	// Time is the time on the clock. An earlier deadline of the context holds.
	Time time.Duration
	// Output is what it may write to standard output, in bytes.
	Output int64
	// Processors are those that it may use at one time; 0 means as many as the
	// parent may.
	Processors int
}

// The default limits: a package of the largest size that stores accept stays far
// below each.
const (
	DefaultMemory = 2 << 30
	DefaultCPU    = 15 * time.Minute
	DefaultTime   = 10 * time.Minute
	DefaultOutput = 128 << 20
)

func (l Limits) complete() Limits {
	l.Memory = cmp.Or(l.Memory, DefaultMemory)
	l.CPU = (cmp.Or(l.CPU, DefaultCPU) + time.Second - 1).Truncate(time.Second)
	l.Time = cmp.Or(l.Time, DefaultTime)
	l.Output = cmp.Or(l.Output, DefaultOutput)
	l.Processors = cmp.Or(l.Processors, runtime.GOMAXPROCS(0))
	return l
}

// Command is one child to run.
type Command struct {
	// Args stand behind the program's name; by them main knows that it is a child.
	Args []string
	// File is what the child gets from Enter. It must be open for reading only, and
	// is the caller's to close. Its offset is shared: read it with ReadAt.
	File   *os.File
	Limits Limits
	// Require refuses to run where some protection cannot be set up; without it
	// Outcome.Missing names what is missing.
	Require bool
}

// Outcome is what is known of a child that has ended.
type Outcome struct {
	// Missing are the protections that could not be set up, in words for a log.
	Missing []string
	CPU     time.Duration // that it used, in the kernel too
}

// How a child that did not finish ended, for errors.Is on a *Failure. These are
// about the file that it read: a second run would end the same way, unless there
// is more of what it ran out of.
var (
	ErrTime      = errors.New("out of time")
	ErrCPU       = errors.New("out of processor time")
	ErrMemory    = errors.New("out of memory")
	ErrOutput    = errors.New("more output than allowed")
	ErrForbidden = errors.New("made a forbidden system call")
	ErrCrashed   = errors.New("crashed")
)

// ErrUnprotected is wrapped where Command.Require is set and a protection is
// missing: it is about this machine, not about the file.
var ErrUnprotected = errors.New("the child cannot be protected")

// Run starts the child and hands its output to read while it runs. It returns when
// the child has ended and nothing of it is left.
//
// The error is a *Failure where the child did not finish, whatever read returned;
// the context's cause where the context was cancelled; an error of read where the
// child finished. Any other error means that the child could not be started.
func Run(ctx context.Context, c Command, read func(stdout io.Reader) error) (Outcome, error) {
	c.Limits = c.Limits.complete()
	return run(ctx, c, read)
}

// Enter gives up, for good and in all threads, what the child does not need, and
// returns the file to read. It is called by the child, once, before anything else;
// on an error the child must end and read nothing.
func Enter() (*os.File, error) { return enter() }
