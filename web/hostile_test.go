package web_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/web/ui"
)

// taking is a page that takes a file as a form has it, and fails where it is told to.
func taking() ui.Page {
	return ui.Page{Name: "taking", Routes: []ui.Route{{Method: http.MethodPost, Path: "/take",
		Open: true, Body: 64 << 20, Do: func(r *ui.Request) error {
			head, err := r.FormFile("file")
			if err != nil {
				return err
			}
			if r.PostForm("fail") != "" {
				return errNobody
			}
			r.String(http.StatusOK, fmt.Sprint(head.Size))
			return nil
		}}}}
}

// left lists the files of forms that hold a mark.
func left(t *testing.T, mark string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*"))
	require.NoError(t, err)
	for _, path := range files {
		head := make([]byte, len(mark))
		if f, err := os.Open(path); err == nil {
			_, _ = f.Read(head)
			_ = f.Close()
		}
		if string(head) == mark {
			found = append(found, path)
		}
	}
	return found
}

// TestFormsLeaveNoFiles sends a file that is too large to be held in memory.
func TestFormsLeaveNoFiles(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, taking())
		for _, fail := range []string{"", "yes"} {
			mark := rand.Text()
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			require.NoError(t, w.WriteField("fail", fail))
			f, err := w.CreateFormFile("file", "large.csv")
			require.NoError(t, err)
			_, err = f.Write(append([]byte(mark), make([]byte, 34<<20)...))
			require.NoError(t, err)
			require.NoError(t, w.Close())
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/take", &form)
			require.NoError(t, err)
			r.Header.Set("Content-Type", w.FormDataContentType())
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, fail == "", response.StatusCode == http.StatusOK)
			assert.Eventually(t, func() bool { return len(left(t, mark)) == 0 }, 10*time.Second,
				10*time.Millisecond, "files stay behind")
		}
	})
}

// TestWatchersAskByHead asks as those do who watch over servers.
func TestWatchersAskByHead(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		for _, path := range []string{"/healthz", "/readyz"} {
			assert.Equal(t, http.StatusOK, b.do(t, http.MethodHead, path, nil).StatusCode, path)
		}
		assert.NotContains(t, h.log.String(), "level=ERROR")
	})
}

// TestLogIsOneLineARequest has a stranger write into the log.
func TestLogIsOneLineARequest(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		b.get(t, "/a%0Atime=now%20level=ERROR%20msg=forged%1b%5b31m")
		b.get(t, "/"+strings.Repeat("long", 10_000))
		lines := strings.Split(strings.TrimSpace(h.log.String()), "\n")
		for _, line := range lines {
			assert.False(t, strings.HasPrefix(line, "time=now"), line)
			assert.NotContains(t, line, "\x1b")
			assert.Less(t, len(line), 2000)
		}
	})
}
