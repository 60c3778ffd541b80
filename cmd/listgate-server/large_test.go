package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
)

// mostMemory is what the server may have had at most, in KiB, beside what a password
// costs while it is checked (64 MiB): far less than what is sent to it.
const mostMemory = 256 << 10

// zeros yields bytes and counts those that were taken.
type zeros struct{ taken atomic.Int64 }

// Read implements io.Reader.
func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	z.taken.Add(int64(len(p)))
	return len(p), nil
}

// bulk is a form with a package of so many bytes, which are made as they are sent.
type bulk struct {
	io.Reader
	zeros *zeros
	kind  string
	size  int64 // of the form
}

func bulkOf(t *testing.T, size int64) bulk {
	t.Helper()
	var head strings.Builder
	w := multipart.NewWriter(&head)
	_, err := w.CreateFormFile("package", "large.apk")
	require.NoError(t, err)
	tail := "\r\n--" + w.Boundary() + "--\r\n"
	z := &zeros{}
	body := io.MultiReader(strings.NewReader(head.String()), io.LimitReader(z, size),
		strings.NewReader(tail))
	return bulk{body, z, w.FormDataContentType(), int64(head.Len()) + size + int64(len(tail))}
}

// peak is the most memory that a process ever had, in KiB.
func (r *running) peak() (kib int64) {
	r.t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	require.NoError(r.t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if n, _ := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kib); n == 1 {
			return kib
		}
	}
	require.FailNow(r.t, "the system does not say how much memory the process had")
	return 0
}

// TestTooLarge sends packages that are over the limit: they are refused in words, as
// early as the sender lets one know, and nothing of them is kept.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source, "upload_limit", "8MiB")
		person := c.who(wang)
		const gib = 1 << 30
		t.Run("a_gibibyte_that_says_so", func(t *testing.T) {
			c.tooLarge(t, bulkOf(t, gib), true, 32<<20)
		})
		t.Run("a_gibibyte_in_chunks", func(t *testing.T) {
			c.tooLarge(t, bulkOf(t, gib), false, 32<<20)
		})
		t.Run("a_byte_over", func(t *testing.T) {
			c.tooLarge(t, bulkOf(t, 8<<20+1), true, 16<<20)
		})
		t.Run("what_is_promised_is_not_asked_for", func(t *testing.T) {
			c.refusedBeforeItIsSent(t)
		})
		t.Run("by_a_person", func(t *testing.T) {
			c.refused(t, http.StatusRequestEntityTooLarge,
				words{"安装包超过上限 8 MiB，未保存", "the package is over the limit of 8 MiB"},
				func(lang string) answer {
					b := bulkOf(t, 8<<20+1)
					return person.on(t).in(lang).must(http.MethodPost, "/upload", b.kind, b)
				})
		})
		t.Run("far_over_by_a_person", func(t *testing.T) {
			c.refused(t, http.StatusRequestEntityTooLarge,
				words{"安装包超过", "the package is over the"}, func(lang string) answer {
					b := bulkOf(t, gib)
					a, err := person.on(t).in(lang).try(http.MethodPost, "/upload", b.kind, b)
					require.NoError(t, err)
					assert.Less(t, b.zeros.taken.Load(), int64(32<<20), "it was read on and on")
					return a
				})
		})
		assert.Less(t, c.at.peak(), int64(mostMemory), "KiB of memory")
		assert.Zero(t, c.kept.halves(), "halves of packages are left")
		t.Run("as_large_as_it_may_be", func(t *testing.T) {
			b := bulkOf(t, 8<<20)
			a, err := c.p.ask(t.Context(), http.MethodPost, "/submissions", b,
				"Content-Type", b.kind)
			require.NoError(t, err)
			assert.Equal(t, http.StatusAccepted, a.status, a.body)
		})
	})
}

// tooLarge sends a package over the limit to the API; no more than so many bytes of it
// are taken.
func (c *counter) tooLarge(t *testing.T, b bulk, says bool, most int64) {
	t.Helper()
	c.kept.on(t).unchanged(func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			c.at.base+"/api/v1/submissions?lang=en", b)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+c.h.token)
		r.Header.Set("Content-Type", b.kind)
		if says {
			r.ContentLength = b.size
		}
		a, err := do(http.DefaultClient, r)
		require.NoError(t, err)
		assert.Equal(t, http.StatusRequestEntityTooLarge, a.status, a.body)
		p := readJSON[trouble](t, a)
		assert.Equal(t, "too-large", p.Code)
		assert.Equal(t, "the package is over the size limit", p.Title)
		require.Len(t, p.Errors, 1, a.body)
		assert.Contains(t, p.Errors[0].Message.EN, "the package is over the limit of 8")
		assert.Contains(t, p.Errors[0].Message.EN, "and was not kept")
		assert.Regexp(t, "安装包超过上限 8.+，未保存", p.Errors[0].Message.ZH)
		assert.Less(t, b.zeros.taken.Load(), most, "it was read on and on")
	})
	assert.Zero(t, c.kept.on(t).halves())
}

// refusedBeforeItIsSent asks first, as curl does for what is large.
func (c *counter) refusedBeforeItIsSent(t *testing.T) {
	t.Helper()
	b := bulkOf(t, 1<<30)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at.base+"/api/v1/submissions", b)
	require.NoError(t, err)
	r.ContentLength = b.size
	for name, value := range map[string]string{"Authorization": "Bearer " + c.h.token,
		"Content-Type": b.kind, "Expect": "100-continue"} {
		r.Header.Set(name, value)
	}
	a, err := do(client, r)
	require.NoError(t, err)
	assert.Equal(t, http.StatusRequestEntityTooLarge, a.status)
	assert.Zero(t, b.zeros.taken.Load(), "it was sent")
}

// TestCutUpload breaks off in the middle of a package: nothing of it is kept.
func TestCutUpload(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		c.kept.unchanged(func() {
			b := bulkOf(t, 1<<30)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				for b.zeros.taken.Load() < 4<<20 {
					runtime.Gosched()
				}
				cancel()
			}()
			_, err := c.p.ask(ctx, http.MethodPost, "/submissions", b, "Content-Type", b.kind)
			require.True(t, errors.Is(err, context.Canceled), "%v", err)
			soon(t, func() bool { return c.kept.halves() == 0 }, "half of a package is left")
		})
	})
}
