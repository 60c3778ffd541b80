package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/cmd/isolated"
)

// TestMain is also main of every process that the tests start: of the program, which
// stands under its name in PATH, and of the children that read packages.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == isolated.Argument {
		main()
	}
	testscript.Main(m, map[string]func(){"listgate-server": main})
}

// patience is how long a test waits for what has to come.
const patience = 90 * time.Second

// house is a store as its operator sets it up: settings, keys, tables, accounts. All
// is done by the command itself, in processes of its own.
type house struct {
	t      *testing.T
	dir    string
	source string
	env    []string
	token  string // of a pipeline that may submit and read

	mu    sync.Mutex
	hired map[string]bool // who has an account
}

// The people of a house by login; all have one password.
const (
	wang, liu  = "wang", "liu"  // reviewers
	chen, zhao = "chen", "zhao" // seniors
	admin      = "admin"
	password   = "correct horse battery"
)

// people are the accounts of a house.
var people = []struct{ login, name, role string }{
	{wang, "王审核", "reviewer"}, {liu, "刘审核", "reviewer"},
	{chen, "陈主管", "senior"}, {zhao, "赵主管", "senior"}, {admin, "管理员", "admin"},
}

// quietPolicy lists what shows nothing and draws none of it for people.
const quietPolicy = `schema: listgate.policy/v1
version: test-1
auto_list: true
`

// newHouse sets up a store on a database. What more is set stands as key and value.
func newHouse(t *testing.T, source string, more ...string) *house {
	t.Helper()
	h := newOffice(t, source, more...)
	for _, p := range people {
		h.hire(p.login)
	}
	return h
}

// newOffice is newHouse where people have accounts once they are asked for: a password
// is made to cost time.
func newOffice(t *testing.T, source string, more ...string) *house {
	t.Helper()
	h := emptyHouse(t, source, more...)
	h.must("", "ledger", "keygen")
	h.must("", "migrate")
	h.hire(chen)
	h.token = h.newToken(chen, "submit,read")
	return h
}

// hire gives a person an account, once.
func (h *house) hire(login string) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range people {
		if p.login == login && !h.hired[login] {
			h.must(password, "user", "add", p.login, "--name", p.name, "--role", p.role)
			h.hired[login] = true
		}
	}
}

// emptyHouse has settings and nothing else.
func emptyHouse(t *testing.T, source string, more ...string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), source: source, hired: map[string]bool{}}
	h.env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + h.dir}
	h.set("database", source, "blobs", h.path("blobs"), "listen", "127.0.0.1:0",
		"ledger.origin", "test.listgate.example/ledger", "ledger.key", h.path("ledger.key"),
		"ledger.keys", h.path("ledger.pub"), "ledger.witness", h.path("witness.jsonl"),
		"store.zh", "测试应用商店", "store.en", "Test App Store",
		"appeal.zh", "申诉 appeal@store.example", "appeal.en", "appeal@store.example",
		"policy", h.write("policy.yaml", quietPolicy), "log.format", "json")
	h.set(more...)
	return h
}

// set changes settings, for all that is started later.
func (h *house) set(pairs ...string) {
	name := strings.NewReplacer(".", "_")
	for i := 0; i < len(pairs); i += 2 {
		h.env = append(h.env,
			"LISTGATE_"+strings.ToUpper(name.Replace(pairs[i]))+"="+pairs[i+1])
	}
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// write writes a file in the house's folder and returns its path.
func (h *house) write(name, text string) string {
	h.t.Helper()
	require.NoError(h.t, os.WriteFile(h.path(name), []byte(text), 0o600))
	return h.path(name)
}

// newToken makes a token for an account.
func (h *house) newToken(login, scopes string) string {
	h.t.Helper()
	made := h.must("", "token", "add", login, "--name", "ingestion", "--scope", scopes)
	return strings.TrimSpace(made)
}

// ran is how a command ended and what it said.
type ran struct {
	status   int
	out, err string
}

// run runs a command to its end.
func (h *house) run(input string, args ...string) ran {
	h.t.Helper()
	var out, err bytes.Buffer
	c := h.command(args...)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &err
	require.NoError(h.t, start(c))
	ended := c.Wait()
	var exit *exec.ExitError
	if ended != nil && !errors.As(ended, &exit) {
		require.NoError(h.t, ended)
	}
	return ran{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// must runs a command that has to succeed, and returns what it wrote.
func (h *house) must(input string, args ...string) string {
	h.t.Helper()
	r := h.run(input, args...)
	require.Zero(h.t, r.status, "%v: %s", args, r.err)
	return r.out
}

func (h *house) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(h.t.Context(), "listgate-server", args...)
	c.Dir, c.Env = h.dir, h.env
	return c
}

// start starts a process that the kernel kills when this one ends, however that ends.
// It does so when the thread that started it ends, so that one thread starts all.
func start(c *exec.Cmd) error {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	starter() <- func() { started <- c.Start() }
	return <-started
}

var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for do := range work {
			do()
		}
	}()
	return work
})

// running is a process that runs until it is told to end.
type running struct {
	t     *testing.T
	h     *house
	cmd   *exec.Cmd
	base  string        // where it serves; empty where it does not
	ended chan struct{} // closed once it has ended
	log   logbook
}

// logbook is what a process wrote.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logbook) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

// String returns all of it.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// serve starts `serve`, and waits until it answers.
func (h *house) serve(args ...string) *running {
	h.t.Helper()
	return h.start("serving", append([]string{"serve"}, args...)...)
}

// work starts `work`, and waits until it works.
func (h *house) work() *running {
	h.t.Helper()
	return h.start("working", "work")
}

// start starts a process and waits until its log says that it is ready.
func (h *house) start(ready string, args ...string) *running {
	h.t.Helper()
	r := &running{t: h.t, h: h, cmd: h.command(args...), ended: make(chan struct{})}
	said, err := r.cmd.StderrPipe()
	require.NoError(h.t, err)
	require.NoError(h.t, start(r.cmd))
	address := make(chan string, 1)
	go r.follow(said, ready, address)
	h.t.Cleanup(r.kill)
	select {
	case at := <-address:
		if at != "" {
			r.base = "http://" + at
		}
	case <-r.ended:
		require.FailNow(h.t, "the process ended before it was ready", "%v: %s", args, &r.log)
	case <-time.After(patience):
		require.FailNow(h.t, "the process is not ready", "%v: %s", args, &r.log)
	}
	return r
}

// follow reads the log of the process to its end, and then how it ended.
func (r *running) follow(said io.Reader, ready string, address chan<- string) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r.log.add(lines.Text())
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == ready {
			address <- line.Address
		}
	}
	_ = r.cmd.Wait() // how it ended is in ProcessState
	close(r.ended)
}

// kill ends the process as a power cut does. It does nothing to one that has ended.
func (r *running) kill() {
	_ = r.cmd.Process.Kill()
	<-r.ended
}

// stop tells the process to end, and returns its exit status.
func (r *running) stop() int {
	r.t.Helper()
	require.NoError(r.t, r.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-r.ended:
	case <-time.After(patience):
		require.FailNow(r.t, "the process does not end", "%s", &r.log)
	}
	return r.cmd.ProcessState.ExitCode()
}

// soon waits until something is so.
func soon(t *testing.T, so func() bool, what string, args ...any) {
	t.Helper()
	require.Eventually(t, so, patience, 20*time.Millisecond, append([]any{what}, args...)...)
}
