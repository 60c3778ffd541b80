package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/sandbox"
)

// contextOfParent is the context of the parent that a test kills.
var contextOfParent = context.Background()

// quick are limits of the tests: a child that is in order stays far below.
var quick = sandbox.Limits{Memory: 256 << 20, Time: time.Minute}

func inputFile(t testing.TB, content string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// runChild runs the child of this name and returns what it wrote.
func runChild(t testing.TB, l sandbox.Limits, args ...string) (string, sandbox.Outcome, error) {
	t.Helper()
	c := sandbox.Command{
		Args: append([]string{childArg}, args...), File: inputFile(t, "the input"), Limits: l,
	}
	var out bytes.Buffer
	o, err := sandbox.Run(t.Context(), c, func(r io.Reader) error {
		_, err := io.Copy(&out, r)
		return err
	})
	return out.String(), o, err
}

func TestRunFinished(t *testing.T) {
	t.Setenv("SECRET_OF_THE_PARENT", "secret")
	cases := []struct{ name, want string }{
		{"copies", "the inputcopied: <nil>\n"},
		{"works-in-many-threads", "done: <nil>\n"},
		{"writes-input", "write: write input: bad file descriptor\n"},
		{"maps", "data: <nil>\nmade code: operation not permitted\n" +
			"code: operation not permitted\nshared: operation not permitted\n"},
		{"signals", "parent: operation not permitted\ngroup: operation not permitted\n" +
			"thread: operation not permitted\n"},
		{"raises-limit", "limit: operation not permitted\ndeath: operation not permitted\n" +
			"group: operation not permitted\nowner: operation not permitted\n"},
		{"starts", "start: open /dev/null: operation not permitted\n"},
		{"opens-in-threads",
			strings.Repeat("read: open /etc/passwd: operation not permitted\n", 8)},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, "-", "_"), func(t *testing.T) {
			out, o, err := runChild(t, quick, c.name)
			require.NoError(t, err)
			assert.Equal(t, c.want, out)
			assert.Positive(t, o.CPU)
		})
	}
	out, _, err := runChild(t, quick, "environment")
	require.NoError(t, err)
	assert.NotContains(t, out, "secret")
	assert.Equal(t, 4, strings.Count(out, "\n"), out)
}

// TestFilesAreClosed asks for files with each of the two protections alone too.
func TestFilesAreClosed(t *testing.T) {
	t.Parallel()
	for name, without := range map[string][]string{
		"both": nil, "seccomp_alone": {"landlock"}, "landlock_alone": {"seccomp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, o, err := runChild(t, quick, append([]string{"opens"}, without...)...)
			require.NoError(t, err)
			require.Len(t, o.Missing, len(without))
			for i, missing := range o.Missing {
				assert.Contains(t, missing, without[i]+": ")
			}
			refused := strings.Count(out, "operation not permitted") +
				strings.Count(out, "permission denied")
			lines := strings.Count(out, "\n")
			if name == "landlock_alone" {
				assert.Contains(t, out, "memory file: <nil>")
				lines-- // a file without a path
			}
			assert.Equal(t, lines, refused, out)
		})
	}
	for _, path := range []string{"/tmp/sandbox-was-here", "/dev/shm/sandbox-was-here"} {
		assert.NoFileExists(t, path)
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	for _, without := range []string{"landlock", "seccomp"} {
		c := sandbox.Command{
			Args: []string{childArg, "copies", without}, File: inputFile(t, "x"), Require: true,
		}
		var out bytes.Buffer
		_, err := sandbox.Run(t.Context(), c, func(r io.Reader) error {
			_, err := io.Copy(&out, r)
			return err
		})
		require.ErrorIs(t, err, sandbox.ErrUnprotected)
		assert.ErrorContains(t, err, without)
		assert.Empty(t, out.String(), "the child went on")
	}
}

func TestRunFailed(t *testing.T) {
	t.Parallel()
	second := sandbox.Limits{Memory: 256 << 20, Time: time.Second}
	cases := []failing{
		{"connects", quick, sandbox.ErrForbidden, syscall.SIGSYS, -1, ""},
		{"executes", quick, sandbox.ErrForbidden, syscall.SIGSYS, -1, ""},
		{"forks", quick, sandbox.ErrForbidden, syscall.SIGSYS, -1, ""},
		{"forks-and-shares", quick, sandbox.ErrForbidden, syscall.SIGSYS, -1, ""},
		{"traces", quick, sandbox.ErrForbidden, syscall.SIGSYS, -1, ""},
		{"spins", sandbox.Limits{CPU: time.Second}, sandbox.ErrCPU, syscall.SIGKILL, -1,
			"1s allowed"},
		{"ignores-signals", second, sandbox.ErrTime, syscall.SIGKILL, -1, "1s allowed"},
		{"sleeps", second, sandbox.ErrTime, syscall.SIGKILL, -1, "1s allowed"},
		{"closes-output", second, sandbox.ErrTime, syscall.SIGKILL, -1, "1s allowed"},
		{"complains", second, sandbox.ErrTime, syscall.SIGKILL, -1, "1s allowed"},
		{"writes", sandbox.Limits{Output: 1 << 20}, sandbox.ErrOutput, syscall.SIGKILL, -1,
			"1048576 bytes allowed"},
		{"crashes", quick, sandbox.ErrCrashed, 0, 2,
			"panic: runtime error: invalid memory address"},
		{"half-then-crashes", quick, sandbox.ErrCrashed, 0, 2, "panic: runtime error"},
		{"aborts", quick, sandbox.ErrCrashed, 0, 2, "panic: a"},
		{"ends-with-3", quick, sandbox.ErrCrashed, 0, 3, "the last"},
		{"kills-itself", quick, sandbox.ErrCrashed, syscall.SIGKILL, -1, ""},
		{"stays-outside", quick, sandbox.ErrCrashed, 0, 0, "it did not enter the sandbox"},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, "-", "_"), c.run)
	}
}

// failing is a child that does not finish.
type failing struct {
	name   string
	limits sandbox.Limits
	kind   error
	signal syscall.Signal
	code   int
	says   string
}

func (c failing) run(t *testing.T) {
	t.Parallel()
	_, _, err := runChild(t, c.limits, c.name)
	require.ErrorIs(t, err, c.kind)
	var f *sandbox.Failure
	require.ErrorAs(t, err, &f)
	assert.Equal(t, c.signal, f.Signal)
	assert.Equal(t, c.code, f.Code)
	crashed := errors.Is(c.kind, sandbox.ErrCrashed) || errors.Is(c.kind, sandbox.ErrForbidden)
	assert.Equal(t, !crashed, f.Exhausted())
	assert.Contains(t, f.Detail, c.says)
	assert.Contains(t, err.Error(), f.Detail)
	assert.Less(t, len(f.Stderr), 9<<10)
	assert.NotContains(t, err.Error(), "\x1b")
	assert.NotContains(t, err.Error(), "\u202e")
}

// TestStderrIsKept finds the place of a crash in what is kept of many goroutines.
func TestStderrIsKept(t *testing.T) {
	t.Parallel()
	_, _, err := runChild(t, quick, "crashes")
	var f *sandbox.Failure
	require.ErrorAs(t, err, &f)
	assert.Contains(t, f.Stderr, "child_test.go:")
	_, _, err = runChild(t, sandbox.Limits{Time: time.Second}, "complains")
	require.ErrorAs(t, err, &f)
	assert.True(t, strings.HasPrefix(f.Stderr, "endless output"))
	assert.Contains(t, f.Stderr, "\n…\n")
}

func TestRunCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the server stops")
	c := sandbox.Command{Args: []string{childArg, "ignores-signals"}, File: inputFile(t, "x")}
	_, err := sandbox.Run(ctx, c, func(r io.Reader) error {
		line, err := bufio.NewReader(r).ReadString('\n')
		assert.Equal(t, "ready: <nil>\n", line)
		cancel(cause)
		return err
	})
	require.ErrorIs(t, err, cause)
	var f *sandbox.Failure
	assert.NotErrorAs(t, err, &f, "it is not the file's doing")
	_, err = sandbox.Run(ctx, c, nil)
	require.ErrorIs(t, err, cause, "before it is started")
}

func TestRunDeadlineOfCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := sandbox.Command{Args: []string{childArg, "sleeps"}, File: inputFile(t, "x")}
	_, err := sandbox.Run(ctx, c, drain)
	require.ErrorIs(t, err, sandbox.ErrTime)
}

func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// TestReadStops ends a child whose output is refused or not read to the end.
func TestReadStops(t *testing.T) {
	t.Parallel()
	refused := errors.New("no result of ours")
	c := sandbox.Command{Args: []string{childArg, "writes"}, File: inputFile(t, "x")}
	_, err := sandbox.Run(t.Context(), c, func(r io.Reader) error {
		_, err := io.CopyN(io.Discard, r, 10)
		return errors.Join(err, refused)
	})
	require.ErrorIs(t, err, refused)
	c.Args[1] = "copies"
	_, err = sandbox.Run(t.Context(), c, func(io.Reader) error { return nil })
	require.NoError(t, err)
	c.Args[1] = "spins"
	assert.Panics(t, func() {
		_, _ = sandbox.Run(t.Context(), c, func(io.Reader) error { panic("defect of the caller") })
	})
}

func TestOutputBound(t *testing.T) {
	t.Parallel()
	whole := "the inputcopied: <nil>\n"
	out, _, err := runChild(t, sandbox.Limits{Output: int64(len(whole))}, "copies")
	require.NoError(t, err)
	assert.Equal(t, whole, out)
	out, _, err = runChild(t, sandbox.Limits{Output: int64(len(whole)) - 1}, "copies")
	require.ErrorIs(t, err, sandbox.ErrOutput)
	assert.Equal(t, whole[:len(whole)-1], out)
}

func TestNoWritableInput(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "input"))
	require.NoError(t, err)
	defer f.Close()
	_, err = sandbox.Run(t.Context(), sandbox.Command{Args: []string{childArg}, File: f}, drain)
	require.ErrorContains(t, err, "open for writing")
}

func TestEnterOutside(t *testing.T) {
	t.Parallel()
	_, err := sandbox.Enter()
	require.ErrorContains(t, err, "not started as a child")
}

// TestChildDiesWithParent kills a parent: its child, which ignores signals and would
// run for minutes, is gone too.
func TestChildDiesWithParent(t *testing.T) {
	t.Parallel()
	parent := exec.CommandContext(t.Context(), os.Args[0], childArg, "parent")
	stdout, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, 0), "it runs")
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	require.Eventually(t, func() bool { return !running(pid) }, 10*time.Second, 5*time.Millisecond)
}

// running reports a process that is neither gone nor dead.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	after := stat[bytes.LastIndexByte(stat, ')')+1:]
	return !bytes.HasPrefix(after, []byte(" Z")) && !bytes.HasPrefix(after, []byte(" X"))
}

// childOf returns a child of a process.
func childOf(pid int) (int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		list, err := os.ReadFile(task)
		if err != nil {
			return 0, err
		}
		if fields := strings.Fields(string(list)); len(fields) > 0 {
			return strconv.Atoi(fields[0])
		}
	}
	return 0, fmt.Errorf("%d has no child", pid)
}

// BenchmarkStart is a child that does nothing but enter and end.
func BenchmarkStart(b *testing.B) {
	f := inputFile(b, "x")
	c := sandbox.Command{Args: []string{childArg, "copies"}, File: f, Limits: quick}
	for b.Loop() {
		if _, err := sandbox.Run(b.Context(), c, drain); err != nil {
			b.Fatal(err)
		}
	}
}
