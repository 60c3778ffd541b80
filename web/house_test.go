package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	registrystore "github.com/listgate/listgate/registry/store"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/page/lists"
	"github.com/listgate/listgate/web/ui"
	"github.com/listgate/listgate/web/ui/uitest"
)

const phrase = "correct horse battery"

// house is the workbench over a real database, with a page of the tests' own.
type house struct {
	*desktest.Office
	accounts *auth.Accounts
	sessions *auth.Sessions
	pages    []ui.Page
	url      string
	log      *record
}

// record is a log that is read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// houses runs a test in a house on each database.
func houses(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *store.DB) { test(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB, extra ...ui.Page) *house {
	t.Helper()
	h := &house{Office: desktest.New(t, db), log: &record{}}
	var roles []string
	for _, r := range review.Roles() {
		roles = append(roles, string(r))
	}
	var err error
	h.accounts, err = auth.NewAccounts(auth.Config{DB: db, Ledger: h.Log, Roles: roles,
		Cost: password.Cost{Memory: 64, Passes: 1, Lanes: 1}, Now: h.Time})
	require.NoError(t, err)
	h.sessions = auth.NewSessions(h.accounts, auth.SessionConfig{})
	h.pages = append(web.Pages(web.Parts{
		Accounts: h.accounts, Sessions: h.sessions, Desk: h.Desk, Law: h.Law.Law,
		Intake: nobody{}, MaxSize: 4 << 20, Importer: nobody{},
		Registry: held{registrystore.New(db, h.Log, registrystore.Options{Now: h.Time})},
	}), extra...)
	handler, err := web.New(web.Options{
		Store: analyzer.Text{ZH: "示例商店", EN: "Example Store"}, Pages: h.pages,
		Accounts: h.accounts, Sessions: h.sessions, Now: h.Time,
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// held is a registry that holds no list.
type held struct{ *registrystore.Store }

func (held) Held(context.Context) ([]registry.Snapshot, error) { return nil, nil }

// errNobody is what takes nothing in answers.
var errNobody = errors.New("secret cause 7f3a")

// nobody takes nothing in.
type nobody struct{}

func (nobody) Submit(context.Context, intake.Upload) (review.Submission, bool, error) {
	return review.Submission{}, false, errNobody
}

func (nobody) Rescan(context.Context, string, review.Actor) error { return errNobody }

func (nobody) Read(context.Context, lists.File, io.Reader) (registry.Import, error) {
	return registry.Import{}, errNobody
}

func (nobody) Again(context.Context, lists.File, string) (registry.Import, error) {
	return registry.Import{}, errNobody
}

func (nobody) Preview(context.Context, registry.Import) (registry.Preview, error) {
	return registry.Preview{}, errNobody
}

func (nobody) Apply(context.Context, registry.Import, registry.Consent) (registry.Applied, error) {
	return registry.Applied{}, errNobody
}

// account makes an account with the usual password.
func (h *house) account(t *testing.T, login string, role review.Role) auth.Account {
	t.Helper()
	a, err := h.accounts.Create(t.Context(), "command", auth.Account{
		Login: login, Name: "人 " + login, Role: string(role)}, phrase)
	require.NoError(t, err)
	return a
}

// visitor keeps cookies and follows no redirect.
type visitor struct {
	client *http.Client
	url    string
	header http.Header // of each request
}

// answer is what a browser gets.
type answer struct {
	*http.Response
	body string
	tree uitest.Node
}

func (h *house) browser(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{url: h.url, header: http.Header{}, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}}}
}

// as returns the browser of a new account that has signed in.
func (h *house) as(t *testing.T, role review.Role) *visitor {
	t.Helper()
	login := string(role) + "-" + h.ID()
	h.account(t, login, role)
	b := h.browser(t)
	require.Equal(t, http.StatusSeeOther, b.signIn(t, login, phrase).StatusCode)
	return b
}

func (b *visitor) signIn(t *testing.T, login, password string) answer {
	t.Helper()
	return b.post(t, "/signin", url.Values{"login": {login}, "password": {password}})
}

func (b *visitor) get(t *testing.T, path string) answer {
	t.Helper()
	return b.do(t, http.MethodGet, path, nil)
}

func (b *visitor) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.do(t, http.MethodPost, path, form)
}

func (b *visitor) do(t *testing.T, method, path string, form url.Values) answer {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, body)
	require.NoError(t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	response, err := b.client.Do(r)
	require.NoError(t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	root, err := html.Parse(bytes.NewReader(text))
	require.NoError(t, err)
	return answer{response, string(text), uitest.Node{Node: root}}
}

// main is the text of the page without its frame.
func (a answer) main(t *testing.T) string {
	t.Helper()
	found := a.tree.All("main")
	require.Len(t, found, 1, a.body)
	return found[0].Text()
}
