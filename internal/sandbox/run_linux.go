package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What the child finds open beside the standard streams.
const (
	inputFile  = 3
	statusFile = 4
)

// settings is the variable that carries what Enter must know.
const settings = "LISTGATE_SANDBOX"

// order is what the parent tells the child.
type order struct {
	Memory  int64 `json:"memory"`
	CPU     int64 `json:"cpu"` // seconds
	Require bool  `json:"require"`
}

// status is what the child answers once it has given up what it does not need.
type status struct {
	Missing []string `json:"missing"`
}

// maxStatus bounds the answer; it fits into a pipe that nobody reads yet.
const maxStatus = 4 << 10

// settle is how long is waited for the ends of pipes once the child is dead.
const settle = 5 * time.Second

// child is one that was started.
type child struct {
	cmd            *exec.Cmd
	stdout, status *os.File
	stderr         ends
	exited         chan struct{} // closed when it is dead and not yet reaped
	mu             sync.Mutex
	reaped         bool
}

func run(ctx context.Context, c Command, read func(io.Reader) error) (Outcome, error) {
	if err := ctx.Err(); err != nil {
		return Outcome{}, context.Cause(ctx)
	}
	limit, cancel := context.WithTimeoutCause(ctx, c.Limits.Time, ErrTime)
	defer cancel()
	ch, err := start(c)
	if err != nil {
		return Outcome{}, fmt.Errorf("start the child: %w", err)
	}
	defer ch.end() // where read panics
	defer ch.kill()
	stop := context.AfterFunc(limit, ch.kill)
	defer stop()
	out := &bounded{r: ch.stdout, left: c.Limits.Output}
	readErr := read(out)
	if readErr == nil {
		_, readErr = io.Copy(io.Discard, out)
	}
	if !out.ended {
		ch.kill()
	}
	ch.end()
	return ch.outcome(limit, c, out, readErr)
}

// start runs this program, as the file it was started from still is, in a process
// group of its own.
func start(c Command) (*child, error) {
	if err := readOnly(c.File); err != nil {
		return nil, err
	}
	out, outW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answer, answerW, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, out.Close(), outW.Close())
	}
	ch := &child{stdout: out, status: answer, exited: make(chan struct{})}
	ch.cmd = exec.Command("/proc/self/exe", c.Args...)
	ch.cmd.Args[0] = os.Args[0]
	ch.cmd.Dir = "/"
	ch.cmd.Env, err = environment(c)
	ch.cmd.Stdout, ch.cmd.Stderr, ch.cmd.WaitDelay = outW, &ch.stderr, settle
	ch.cmd.ExtraFiles = []*os.File{c.File, answerW}
	ch.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err == nil {
		err = ch.launch()
	}
	err = errors.Join(err, outW.Close(), answerW.Close())
	if err != nil {
		return nil, errors.Join(err, out.Close(), answer.Close())
	}
	return ch, nil
}

// readOnly refuses a file through which the child could change what it reads.
func readOnly(f *os.File) error {
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	if flags&unix.O_ACCMODE != unix.O_RDONLY {
		return fmt.Errorf("%s is open for writing", f.Name())
	}
	return nil
}

// environment is all that the child is told: nothing of the parent's, which may
// hold secrets.
func environment(c Command) ([]string, error) {
	o, err := json.Marshal(order{c.Limits.Memory, int64(c.Limits.CPU / time.Second), c.Require})
	return []string{
		settings + "=" + string(o),
		"GOMEMLIMIT=" + strconv.FormatInt(c.Limits.Memory/4*3, 10),
		"GOMAXPROCS=" + strconv.Itoa(c.Limits.Processors),
		// The C library would else reserve 64 MiB of addresses for each thread.
		"MALLOC_ARENA_MAX=1",
	}, err
}

// launch starts the child from a thread that is kept until it is dead: the kernel
// kills the child when the thread that started it ends, not only when the parent
// does, and the runtime ends threads as it likes.
func (ch *child) launch() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := ch.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		defer close(ch.exited)
		for {
			// The dead child is left as it is: until it is reaped its group is no one
			// else's, and can be killed.
			err := unix.Waitid(unix.P_PID, ch.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
			if !errors.Is(err, unix.EINTR) {
				return
			}
		}
	}()
	return <-started
}

// kill ends the whole group at once, and the reading of what is left.
func (ch *child) kill() {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.reaped {
		return
	}
	_ = unix.Kill(-ch.cmd.Process.Pid, unix.SIGKILL) // that nobody is left is no fault
	_ = ch.stdout.SetReadDeadline(time.Now())        // a pipe has deadlines
}

// end waits until the child is dead, kills what it may have left in its group, and
// reaps it. It is called by one goroutine, and does nothing the second time.
func (ch *child) end() {
	<-ch.exited
	ch.kill()
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.reaped {
		return
	}
	_ = ch.cmd.Wait() // says what the state says, or that stderr was held open
	ch.reaped = true
	_ = ch.stdout.Close() // only read from
}

// outcome says how the child ended; the first that holds.
func (ch *child) outcome(limit context.Context, c Command, out *bounded, readErr error) (
	Outcome, error,
) {
	state := ch.cmd.ProcessState
	o := Outcome{CPU: state.UserTime() + state.SystemTime()}
	answer, entered := ch.answer()
	o.Missing = answer.Missing
	f := &Failure{Kind: ErrCrashed, Code: state.ExitCode(), Stderr: ch.stderr.String()}
	ws, _ := state.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		f.Signal = ws.Signal()
	}
	stopped := limit.Err() != nil &&
		(f.Signal == syscall.SIGKILL || errors.Is(readErr, os.ErrDeadlineExceeded))
	switch {
	case c.Require && len(o.Missing) > 0:
		return o, fmt.Errorf("%w: %s", ErrUnprotected, strings.Join(o.Missing, "; "))
	case out.over:
		f.Kind, f.Detail = ErrOutput, fmt.Sprintf("%d bytes allowed", c.Limits.Output)
	case stopped && errors.Is(limit.Err(), context.Canceled):
		return o, fmt.Errorf("the child was stopped: %w", context.Cause(limit))
	case stopped:
		f.Kind, f.Detail = ErrTime, "at the deadline of the caller"
		if errors.Is(context.Cause(limit), ErrTime) {
			f.Detail = fmt.Sprintf("%s allowed", c.Limits.Time)
		}
	case !state.Success() && (out.ended || f.Signal != syscall.SIGKILL):
		f.explain(o, c.Limits)
	case !entered:
		f.Detail = "it did not enter the sandbox"
	case readErr != nil:
		return o, fmt.Errorf("read the output of the child: %w", readErr)
	default:
		return o, nil
	}
	return o, f
}

// answer reads what the child said when it entered the sandbox.
func (ch *child) answer() (s status, entered bool) {
	defer ch.status.Close()
	_ = ch.status.SetReadDeadline(time.Now().Add(settle)) // a pipe has deadlines
	err := json.NewDecoder(io.LimitReader(ch.status, maxStatus)).Decode(&s)
	return s, err == nil
}

// explain tells apart the ways in which a child ends that nobody stopped.
func (f *Failure) explain(o Outcome, l Limits) {
	switch {
	case saysMemory(f.Stderr):
		f.Kind, f.Detail = ErrMemory, fmt.Sprintf("%d bytes allowed", l.Memory)
	case f.Signal == syscall.SIGKILL && o.CPU > l.CPU-time.Second/2:
		f.Kind, f.Detail = ErrCPU, fmt.Sprintf("%s allowed", l.CPU)
	case f.Signal == syscall.SIGSYS:
		f.Kind = ErrForbidden
	default:
		f.Detail = lastWords(f.Stderr)
	}
}

// bounded reads until the end or the bound.
type bounded struct {
	r           io.Reader
	left        int64
	ended, over bool
}

// Read implements io.Reader; beyond the bound it returns ErrOutput.
func (b *bounded) Read(p []byte) (int, error) {
	if b.over {
		return 0, ErrOutput
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more tells the bound from the end
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		b.over = true
		return n - 1, ErrOutput
	}
	b.ended = errors.Is(err, io.EOF)
	return n, err
}
