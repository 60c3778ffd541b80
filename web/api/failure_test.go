package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/api"
)

// TestFailures looks at what is not the caller's fault: it is told to the operator, and
// to nobody else.
func TestFailures(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		var fail func(ctx context.Context) error
		h := open(t, db, func(o *api.Options, _ *http.Server) {
			identify := o.Identify
			o.Identify = func(ctx context.Context, bearer string) (api.Caller, error) {
				if err := fail(ctx); err != nil {
					return api.Caller{}, err
				}
				return identify(ctx, bearer)
			}
		})
		fail = func(context.Context) error { return nil }
		token := h.pipeline(t, "ci")
		s := h.scanned(t, token, part{"package", "a.apk", load(t, "plain-android")})
		told := func(a answer, code string, status int, want string) {
			t.Helper()
			p := a.refused(t, status, code)
			assert.Empty(t, p.Errors)
			assert.Empty(t, p.Detail)
			assert.NotContains(t, string(a.text), "secret")
			all := h.failed.take()
			require.Len(t, all, 1)
			assert.Equal(t, p.RequestID, all[0].id)
			assert.Equal(t, a.Request.URL.Path, all[0].path)
			assert.Contains(t, all[0].err, want)
		}
		h.damaged.Store(true)
		told(h.get(t, token, "/submissions/"+s.Case+"/report"), "internal", 500, "SHA-256")
		h.damaged.Store(false)

		fail = func(context.Context) error { return fmt.Errorf("secret %w", io.ErrUnexpectedEOF) }
		told(h.get(t, token, "/submissions/"+s.Case), "internal", 500, "secret")
		fail = func(context.Context) error {
			return fmt.Errorf("secret %w", context.DeadlineExceeded)
		}
		a := h.get(t, token, "/submissions/"+s.Case)
		told(a, "busy", 503, "secret")
		assert.Equal(t, "5", a.Header.Get("Retry-After"))
		fail = func(context.Context) error { return fmt.Errorf("secret %w", intake.ErrNoRoom) }
		told(h.get(t, token, "/submissions/"+s.Case), "no-room", 503, "secret")
		fail = func(context.Context) error { panic("assignment to entry") }
		told(h.get(t, token, "/submissions/"+s.Case), "internal", 500, "panic: assignment to entry")

		// Who has gone is no failure.
		gone, cancel := context.WithCancel(t.Context())
		reached := make(chan struct{})
		fail = func(ctx context.Context) error {
			close(reached)
			<-ctx.Done()
			return ctx.Err()
		}
		r, err := http.NewRequestWithContext(gone, http.MethodGet, h.url+s.Links["self"], nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		go func() { <-reached; cancel() }()
		_, err = http.DefaultClient.Do(r) //nolint:bodyclose // there is none
		require.ErrorIs(t, err, context.Canceled)
	})
}
