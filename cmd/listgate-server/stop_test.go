package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
)

// TestStop tells processes to end: what has begun ends well, and what waits is done by
// the next.
func TestStop(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		h := newOffice(t, source)
		k := h.kept()
		at := h.serve("--no-work")
		for _, path := range []string{"/healthz", "/readyz"} {
			assert.Equal(t, http.StatusOK, visit(t, at).get(path).status)
		}
		in := quietPack(t, 1)
		kind, whole := multipartOf(t, "package", file{in.file, in.body},
			"declaration", in.declaration)
		text, err := io.ReadAll(whole)
		require.NoError(t, err)
		body, rest := io.Pipe()
		answers := make(chan answer, 1)
		go func() {
			a, err := h.pipeline(at).ask(t.Context(), http.MethodPost, "/submissions", body,
				"Content-Type", kind)
			assert.NoError(t, err)
			answers <- a
		}()
		_, err = rest.Write(text[:len(text)-100])
		require.NoError(t, err)
		soon(t, func() bool { return k.halves() == 1 }, "the upload has not begun")

		require.NoError(t, at.cmd.Process.Signal(syscall.SIGTERM))
		soon(t, func() bool {
			c, err := net.Dial("tcp", strings.TrimPrefix(at.base, "http://"))
			if err == nil {
				_ = c.Close()
			}
			return err != nil
		}, "it takes others in")
		_, err = io.Copy(rest, bytes.NewReader(text[len(text)-100:]))
		require.NoError(t, err)
		require.NoError(t, rest.Close())
		a := <-answers
		require.Equal(t, http.StatusAccepted, a.status, a.body)
		<-at.ended
		assert.Zero(t, at.cmd.ProcessState.ExitCode(), "%s", &at.log)

		s := readJSON[submitted](t, a)
		assert.Equal(t, review.CaseReceived, s.State)
		w := h.work()
		soon(t, func() bool {
			return k.count("SELECT count(*) FROM cases WHERE state = 'decided'") == 1
		}, "what waited is not done")
		assert.Zero(t, w.stop(), "%s", &w.log)
		assert.Zero(t, k.count("SELECT count(*) FROM job_workers"), "it still seems to live")
	})
}

// TestStopWhileScanning tells a process to end while it analyses packages: none is left
// half done, or to wait for a process that is no more.
func TestStopWhileScanning(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		h := newOffice(t, source)
		k := h.kept()
		at := h.serve()
		for n := range 12 {
			h.pipeline(at).submit(voicePack(t, n))
		}
		var children []int
		soon(t, func() bool {
			children = childrenOf(at.cmd.Process.Pid)
			return len(children) > 0
		}, "nothing is scanned")
		assert.Zero(t, at.stop(), "%s", &at.log)
		assert.False(t, anyAlive(children), "children outlive their process")
		assert.Zero(t, k.count("SELECT count(*) FROM river_job WHERE state = 'running'"))
		assert.Zero(t, k.count("SELECT count(*) FROM cases WHERE state = 'scan-failed'"))
		w := h.work()
		soon(t, func() bool {
			return k.count("SELECT count(*) FROM cases WHERE state = 'waiting'") == 12
		}, "scans are not done")
		assert.Zero(t, w.stop())
	})
}
