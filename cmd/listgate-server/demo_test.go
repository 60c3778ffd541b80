package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// welcome is how the demo says where it is.
var welcome = regexp.MustCompile(`Listgate is at (http://127\.0\.0\.1:\d+)/`)

// startDemo starts the demo in a folder and waits until it is told. It returns the
// address, and what ends it.
func startDemo(t *testing.T, h *house) (base string, stop func()) {
	t.Helper()
	c := h.command("demo", "--dir", h.path("demo"), "--listen", "127.0.0.1:0")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + h.dir} // no settings
	var said strings.Builder
	c.Stderr = &said
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, start(c))
	t.Cleanup(func() { _ = c.Process.Kill() })
	at := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if found := welcome.FindStringSubmatch(lines.Text()); found != nil {
				at <- found[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		close(at)
	}()
	select {
	case base = <-at:
	case <-time.After(patience):
	}
	if base == "" {
		_ = c.Process.Kill()
		require.Error(t, c.Wait())
		require.FailNow(t, "the demo does not begin", said.String())
	}
	return base, func() {
		require.NoError(t, c.Process.Signal(syscall.SIGTERM))
		for range at { // to the end of what it writes
		}
		var exit *exec.ExitError
		err := c.Wait()
		require.NotErrorAs(t, err, &exit, said.String())
		require.NoError(t, err)
	}
}

// TestDemo has a first look, and a second: the workbench is filled once.
func TestDemo(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t, "sqlite:unused.db")
	seen := map[string]int{}
	for range 2 {
		base, stop := startDemo(t, h)
		v := visit(t, &running{t: t, base: base})
		a := v.post("/signin", "login", "chen", "password", demoPassword)
		require.Equal(t, 303, a.status, a.complains())
		for _, path := range []string{"/cases", "/cases?tab=approve", "/cases?tab=decided"} {
			page := v.get(path)
			assert.Equal(t, 200, page.status)
			rows := len(page.tree().All("table.grid tbody tr"))
			assert.NotZero(t, rows, "%s shows nothing: %s", path, page.says())
			if n, again := seen[path]; again {
				assert.Equal(t, n, rows, "%s shows another number the second time", path)
			}
			seen[path] = rows
		}
		stop()
	}
}
