package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"unicode"
)

// Failure says how a child ended that did not finish.
type Failure struct {
	Kind   error          // ErrTime, ErrCPU, ErrMemory, ErrOutput, ErrForbidden or ErrCrashed
	Signal syscall.Signal // that ended it; 0 for none
	Code   int            // its exit status; -1 where a signal ended it
	Detail string         // the limit, or the line by which the child says what happened
	Stderr string         // the beginning and the end of what it said, for a log
}

// Error reads "crashed: exit status 2: panic: …", "out of memory: 64 MiB allowed".
func (f *Failure) Error() string {
	parts := []string{f.Kind.Error()}
	if errors.Is(f.Kind, ErrCrashed) {
		how := fmt.Sprintf("exit status %d", f.Code)
		if f.Signal != 0 {
			how = f.Signal.String()
		}
		parts = append(parts, how)
	}
	if f.Detail != "" {
		parts = append(parts, f.Detail)
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the kind.
func (f *Failure) Unwrap() error { return f.Kind }

// Exhausted reports a child that used up one of its limits: with higher ones it may
// finish.
func (f *Failure) Exhausted() bool {
	for _, limit := range []error{ErrTime, ErrCPU, ErrMemory, ErrOutput} {
		if errors.Is(f.Kind, limit) {
			return true
		}
	}
	return false
}

// maxLine bounds the line of the child that an error repeats.
const maxLine = 200

// lastWords is the line that says most of why a program ended: where the Go runtime
// ended it the first that says so, else the last.
func lastWords(stderr string) string {
	last := ""
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if startsWithAny(line, "panic: ", "fatal error: ", "SIG") {
			last = line
			break
		}
		if line != "" {
			last = line
		}
	}
	last = strings.ToValidUTF8(last[:min(len(last), maxLine)], "")
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, last)
}

// saysMemory reports the words of the Go runtime, or of the C library for a thread,
// when memory is refused.
func saysMemory(stderr string) bool {
	for line := range strings.Lines(stderr) {
		thread := startsWithAny(line,
			"runtime: failed to create new OS thread", "runtime/cgo: pthread_create failed")
		refused := strings.HasPrefix(line, "fatal error: ") &&
			(strings.Contains(line, "out of memory") ||
				strings.Contains(line, "cannot allocate memory"))
		if thread || refused {
			return true
		}
	}
	return false
}

func startsWithAny(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// ends keeps the first and the last bytes written to it: a crashing Go program says
// first what happened and where, one that complains says it last.
type ends struct {
	head, tail []byte
	cut        bool
}

// keep bounds each end.
const keep = 4 << 10

// Write implements io.Writer and never fails.
func (e *ends) Write(p []byte) (int, error) {
	n := len(p)
	if room := keep - len(e.head); room > 0 {
		room = min(room, len(p))
		e.head = append(e.head, p[:room]...)
		p = p[room:]
	}
	e.tail = append(e.tail, p...)
	if over := len(e.tail) - keep; over > 0 {
		e.tail = append(e.tail[:0], e.tail[over:]...)
		e.cut = true
	}
	return n, nil
}

// String joins the ends.
func (e *ends) String() string {
	if e.cut {
		return string(e.head) + "\n…\n" + string(e.tail)
	}
	return string(e.head) + string(e.tail)
}
