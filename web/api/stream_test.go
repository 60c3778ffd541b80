package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/web/api"
)

// connection is one to the house, on which a test sends what it likes.
type connection struct{ net.Conn }

func (h *house) dial(t *testing.T) connection {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	return connection{c}
}

// head begins an upload that says to be so long; a length below 0 is sent in chunks.
func (c connection) head(t *testing.T, token string, length int64) {
	t.Helper()
	size := fmt.Sprintf("Content-Length: %d", length)
	if length < 0 {
		size = "Transfer-Encoding: chunked"
	}
	c.send(t, "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+token+
		"\r\nContent-Type: multipart/form-data; boundary=x\r\n"+size+"\r\n\r\n")
}

// opening begins the part that is the package.
const opening = "--x\r\n" +
	"Content-Disposition: form-data; name=\"package\"; filename=\"a.apk\"\r\n\r\n"

const closing = "\r\n--x--\r\n"

func (c connection) send(t *testing.T, text string) {
	t.Helper()
	_, err := io.WriteString(c, text)
	require.NoError(t, err)
}

func (c connection) chunk(t *testing.T, text string) {
	t.Helper()
	c.send(t, fmt.Sprintf("%x\r\n%s\r\n", len(text), text))
}

// answer reads what came back.
func (c connection) answer(t *testing.T, h *house) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		h.url+"/api/v1/submissions", nil)
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(c), r)
	require.NoError(t, err)
	return h.held(t, r, ask{method: http.MethodPost, off: true}, response)
}

// TestUploadStreams looks whether a package goes where it is kept while it comes in.
func TestUploadStreams(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		half := strings.Repeat("x", maxSize/2)
		for _, length := range []int64{int64(len(opening) + maxSize + len(closing)), -1} {
			c := h.dial(t)
			c.head(t, token, length)
			send := c.send
			if length < 0 {
				send = c.chunk
			}
			h.coming.Store(0)
			send(t, opening+half)
			require.Eventually(t, func() bool { return h.coming.Load() > maxSize/2-(128<<10) },
				time.Minute, time.Millisecond, "it waits for the whole")
			send(t, half+closing)
			if length < 0 {
				c.send(t, "0\r\n\r\n")
			}
			s := c.answer(t, h).submission(t, http.StatusAccepted)
			assert.EqualValues(t, maxSize, s.Package.Size, "as large as may be")
		}
	})
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		// By the length that it says, before a byte of it is sent.
		c := h.dial(t)
		c.head(t, token, 5<<30)
		p := c.answer(t, h).refused(t, 413, "too-large", "package", "package-too-large")
		assert.Equal(t, "安装包超过上限 1 MiB，未保存", p.Detail)

		// By what comes in.
		c = h.dial(t)
		c.head(t, token, -1)
		c.chunk(t, opening)
		c.chunk(t, strings.Repeat("x", maxSize+1))
		c.send(t, "0\r\n\r\n")
		c.answer(t, h).refused(t, 413, "too-large", "package", "package-too-large")

		// By what stands before the package.
		c = h.dial(t)
		c.head(t, token, -1)
		c.chunk(t, strings.Repeat("before\r\n", (maxSize+(3<<20))/8+1))
		c.send(t, "0\r\n\r\n")
		c.answer(t, h).refused(t, 413, "too-large", "package", "package-too-large")
		assert.Zero(t, h.kept(t))
	})
}

// TestBrokenUpload has clients go away in the middle. Nothing is kept, and nobody is
// told of a failure of the server.
func TestBrokenUpload(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		for i, length := range []int64{1 << 20, -1} {
			c := h.dial(t)
			c.head(t, token, length)
			send := c.send
			if length < 0 {
				send = c.chunk
			}
			h.coming.Store(0)
			send(t, opening+strings.Repeat("x", 100_000))
			require.Eventually(t, func() bool { return h.coming.Load() > 90_000 }, time.Minute,
				time.Millisecond)
			require.NoError(t, c.Close())
			require.Eventually(t, func() bool { return h.ended.Load() == int64(i+1) },
				time.Minute, time.Millisecond)
		}
		// One half of the connection is gone, and the other hears of it.
		c := h.dial(t)
		c.head(t, token, 1<<20)
		c.send(t, opening+"PK")
		tcp, ok := c.Conn.(*net.TCPConn)
		require.True(t, ok)
		require.NoError(t, tcp.CloseWrite())
		c.answer(t, h).refused(t, 400, "cut-short")
		assert.Zero(t, h.kept(t))
	})
}

// TestSlowUpload holds a client to the speed that it has to keep.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, func(o *api.Options, _ *http.Server) {
			o.Patience = 300 * time.Millisecond
		})
		token := h.pipeline(t, "ci")
		for _, begun := range []string{"", "--x\r\n", opening, opening + "PK"} {
			c := h.dial(t)
			c.head(t, token, 1<<20)
			c.send(t, begun)
			c.answer(t, h).refused(t, 408, "too-slow")
		}
		assert.Zero(t, h.kept(t))
	})
}

// TestLongUpload outlasts the time-outs of the server, which are for short requests.
func TestLongUpload(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		const limit = 200 * time.Millisecond
		h := open(t, db, func(_ *api.Options, s *http.Server) {
			s.ReadTimeout, s.WriteTimeout = limit, limit
		})
		c := h.dial(t)
		c.head(t, h.pipeline(t, "ci"), -1)
		c.chunk(t, opening)
		for began := time.Now(); time.Since(began) < 4*limit; time.Sleep(limit / 4) {
			c.chunk(t, "PK")
		}
		c.chunk(t, closing)
		c.send(t, "0\r\n\r\n")
		c.answer(t, h).submission(t, http.StatusAccepted)
	})
}
