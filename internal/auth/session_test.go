package auth_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

// site is a server with a door and one room.
type site struct {
	t        *testing.T
	db       *store.DB
	clock    *clock
	accounts *auth.Accounts
	sessions *auth.Sessions
	handler  http.Handler
	inside   func() // runs within a request to /slow
}

func newSite(t *testing.T, db *store.DB, config auth.SessionConfig) *site {
	s := &site{t: t, db: db, clock: newClock()}
	s.accounts = open(t, db, s.clock)
	s.sessions = auth.NewSessions(s.accounts, config)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in", func(w http.ResponseWriter, r *http.Request) {
		account, err := s.accounts.SignIn(r.Context(), r.FormValue("login"), phrase, "")
		if err == nil {
			err = s.sessions.Begin(r.Context(), account)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	})
	mux.HandleFunc("POST /out", func(_ http.ResponseWriter, r *http.Request) {
		assert.NoError(t, s.sessions.End(r.Context()))
	})
	room := func(w http.ResponseWriter, r *http.Request) {
		account, err := s.sessions.Account(r.Context())
		if err != nil {
			assert.ErrorIs(t, err, auth.ErrCredentials)
			http.Error(w, "", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(account.Login + " " + account.Role))
	}
	mux.HandleFunc("GET /", room)
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		s.inside()
		room(w, r)
	})
	s.handler = s.sessions.Wrap(mux)
	return s
}

// ask sends a request with a cookie, and returns the status, the text and the
// cookie that the browser has then.
func (s *site) ask(method, path, cookie string) (int, string, string) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return w.Code, w.Body.String(), cookie
}

// enter signs in and returns the cookie.
func (s *site) enter(login, cookie string) string {
	s.t.Helper()
	status, text, cookie := s.ask("POST", "/in?login="+login, cookie)
	require.Equal(s.t, http.StatusOK, status, text)
	require.NotEmpty(s.t, cookie)
	return cookie
}

// inside requires that a cookie is good, or is not.
func (s *site) requireIn(cookie string, want bool) {
	s.t.Helper()
	status, _, _ := s.ask("GET", "/", cookie)
	require.Equal(s.t, want, status == http.StatusOK, "status %d", status)
}

func TestSession(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		add(t, s.accounts, "li")
		s.requireIn("", false)
		assert.Zero(t, rows(t, db, "auth_sessions"), "a stranger leaves a row")
		cookie := s.enter("li", "")
		status, text, after := s.ask("GET", "/", cookie)
		assert.Equal(t, []any{http.StatusOK, "li reviewer", cookie}, []any{status, text, after})

		var hashes [][]byte
		require.NoError(t, db.From(t.Context()).Table("auth_sessions").
			Pluck("hash", &hashes).Error)
		want := sha256.Sum256([]byte(strings.TrimPrefix(cookie, "listgate=")))
		assert.Equal(t, [][]byte{want[:]}, hashes)

		_, _, gone := s.ask("POST", "/out", cookie)
		assert.Equal(t, "listgate=", gone)
		s.requireIn(cookie, false)
		assert.Zero(t, rows(t, db, "auth_sessions"))
		status, _, _ = s.ask("POST", "/out", "")
		assert.Equal(t, http.StatusOK, status, "nobody goes out")
	})
}

func TestCookie(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		for _, secure := range []bool{true, false} {
			s := newSite(t, db, auth.SessionConfig{Secure: secure})
			name := "listgate"
			if secure {
				name = "__Host-listgate"
				add(t, s.accounts, "li")
			}
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST",
				"/in?login=li", nil))
			cookies := w.Result().Cookies()
			require.Len(t, cookies, 1)
			got := *cookies[0]
			assert.Len(t, got.Value, 43)
			got.Value, got.Raw = "", ""
			assert.Equal(t, http.Cookie{Name: name, Path: "/", HttpOnly: true, Secure: secure,
				SameSite: http.SameSiteLaxMode}, got)
		}
	})
}

func TestSessionIsRenewedAtSignIn(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		add(t, s.accounts, "li")
		add(t, s.accounts, "wang")
		planted := "listgate=" + strings.Repeat("A", 43)
		cookie := s.enter("li", planted)
		assert.NotEqual(t, planted, cookie)
		s.requireIn(planted, false)
		second := s.enter("wang", cookie)
		assert.NotEqual(t, cookie, second)
		s.requireIn(cookie, false)
		_, text, _ := s.ask("GET", "/", second)
		assert.Equal(t, "wang reviewer", text)
		assert.EqualValues(t, 1, rows(t, db, "auth_sessions"))
	})
}

func TestSessionRunsOut(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{Idle: time.Hour, Lifetime: 3 * time.Hour})
		add(t, s.accounts, "li")
		idle := s.enter("li", "")
		s.clock.pass(time.Hour)
		s.requireIn(idle, false)

		busy := s.enter("li", "")
		for range 3 { // 59 minutes each
			s.clock.pass(59 * time.Minute)
			s.requireIn(busy, true)
		}
		s.clock.pass(3*time.Minute - time.Millisecond)
		s.requireIn(busy, true)
		n, err := s.accounts.Purge(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n, "the idle one")
		s.clock.pass(time.Millisecond)
		s.requireIn(busy, false)
		n, err = s.accounts.Purge(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
	})
}

// TestSessionIsWrittenSeldom: a page that is looked at is no change.
func TestSessionIsWrittenSeldom(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		add(t, s.accounts, "li")
		cookie := s.enter("li", "")
		expires := func() store.Millis {
			var at []store.Millis
			require.NoError(t, db.From(t.Context()).Table("auth_sessions").
				Pluck("expires", &at).Error)
			require.Len(t, at, 1)
			return at[0]
		}
		before := expires()
		s.clock.pass(59 * time.Second)
		s.requireIn(cookie, true)
		assert.Equal(t, before, expires())
		s.clock.pass(time.Second)
		s.requireIn(cookie, true)
		assert.Equal(t, store.MillisOf(s.clock.Now().Add(time.Hour)), expires())
	})
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(*site, auth.Change) error
		ends bool
	}{
		{"password", func(s *site, c auth.Change) error {
			_, err := s.accounts.SetPassword(s.t.Context(), c, another)
			return err
		}, true},
		{"role", func(s *site, c auth.Change) error {
			_, err := s.accounts.SetRole(s.t.Context(), c, "senior")
			return err
		}, true},
		{"disabled", func(s *site, c auth.Change) error {
			_, err := s.accounts.SetDisabled(s.t.Context(), c, true)
			return err
		}, true},
		{"disabled_and_enabled", func(s *site, c auth.Change) error {
			if _, err := s.accounts.SetDisabled(s.t.Context(), c, true); err != nil {
				return err
			}
			_, err := s.accounts.SetDisabled(s.t.Context(), c, false)
			return err
		}, true},
		{"all", func(s *site, c auth.Change) error {
			return s.sessions.EndAll(s.t.Context(), c.ID)
		}, true},
		{"name", func(s *site, c auth.Change) error {
			_, err := s.accounts.Describe(s.t.Context(), c, "李", "en")
			return err
		}, false},
		{"same_role", func(s *site, c auth.Change) error {
			_, err := s.accounts.SetRole(s.t.Context(), c, "reviewer")
			return err
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				s := newSite(t, db, auth.SessionConfig{})
				li := add(t, s.accounts, "li")
				add(t, s.accounts, "wang")
				cookies := []string{s.enter("li", ""), s.enter("li", "")}
				other := s.enter("wang", "")
				require.NoError(t, tt.do(s, auth.Change{By: command, ID: li.ID}))
				for _, cookie := range cookies {
					s.requireIn(cookie, !tt.ends)
				}
				s.requireIn(other, true)
			})
		})
	}
}

// TestSessionStaysEnded: what ends while a request of it runs does not come back
// with the answer.
func TestSessionStaysEnded(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		li := add(t, s.accounts, "li")
		cookie := s.enter("li", "")
		s.clock.pass(10 * time.Minute)
		s.inside = func() {
			_, err := s.accounts.SetRole(t.Context(), auth.Change{By: "boss", ID: li.ID}, "senior")
			assert.NoError(t, err)
		}
		status, _, _ := s.ask("GET", "/slow", cookie)
		assert.Equal(t, http.StatusUnauthorized, status, "the request goes on with the old role")
		s.requireIn(cookie, false)
		assert.Zero(t, rows(t, db, "auth_sessions"))
	})
}

// TestBeginBehindAChange: who signed in and was disabled before the session began
// has none.
func TestBeginBehindAChange(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		add(t, s.accounts, "li")
		account, err := s.accounts.SignIn(t.Context(), "li", phrase, "")
		require.NoError(t, err)
		for _, off := range []bool{true, false} {
			_, err = s.accounts.SetDisabled(t.Context(),
				auth.Change{By: "boss", ID: account.ID}, off)
			require.NoError(t, err)
			handler := s.sessions.Wrap(http.HandlerFunc(
				func(_ http.ResponseWriter, r *http.Request) {
					assert.ErrorIs(t, s.sessions.Begin(r.Context(), account), auth.ErrCredentials)
					_, err := s.sessions.Account(r.Context())
					assert.ErrorIs(t, err, auth.ErrCredentials)
				}))
			handler.ServeHTTP(httptest.NewRecorder(),
				httptest.NewRequestWithContext(t.Context(), "POST", "/", nil))
		}
		assert.Zero(t, rows(t, db, "auth_sessions"))
	})
}

func TestHostileCookies(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 1<<20),
			"\xff", "%00", strings.Repeat("\xff", 43), `" OR 1=1`} {
			s.requireIn("listgate="+value, false)
		}
		assert.Zero(t, rows(t, db, "auth_sessions"))
	})
}

func TestOutsideWrap(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, auth.SessionConfig{})
		li := add(t, s.accounts, "li")
		require.Error(t, s.sessions.Begin(t.Context(), li))
		require.Error(t, s.sessions.End(t.Context()))
		_, err := s.sessions.Account(t.Context())
		require.Error(t, err)
		require.NotErrorIs(t, err, auth.ErrCredentials, "a fault of the program is no stranger")
	})
}

// TestSessionsFail: where the database does not answer nobody comes in, and the
// server says so.
func TestSessionsFail(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db, err := store.Open(t.Context(), source)
		require.NoError(t, err)
		failed := 0
		s := newSite(t, db, auth.SessionConfig{
			Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
				failed++
				assert.Error(t, err)
				w.WriteHeader(http.StatusServiceUnavailable)
			},
		})
		add(t, s.accounts, "li")
		cookie := s.enter("li", "")
		require.NoError(t, db.Close())
		status, text, _ := s.ask("GET", "/", cookie)
		assert.Equal(t, []any{http.StatusServiceUnavailable, "", 1}, []any{status, text, failed})
		plain := auth.NewSessions(s.accounts, auth.SessionConfig{})
		s.handler = plain.Wrap(http.NotFoundHandler())
		status, text, _ = s.ask("GET", "/", cookie)
		assert.Equal(t, []any{http.StatusInternalServerError, "Internal Server Error\n"},
			[]any{status, text})
	})
}
