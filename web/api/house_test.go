package api_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/api"
)

// maxSize is what a package may have in these houses, bytes.
const maxSize = 1 << 20

// known is what every house shares: it is only read.
type known struct {
	engine *analyzer.Engine
	lists  registry.Lookup
}

var knownOnce = sync.OnceValues(func() (k known, err error) {
	var errs [2]error
	k.engine, errs[0] = analyzers.Engine()
	k.lists, errs[1] = registries.Embedded()
	return k, errors.Join(errs[:]...)
})

// house is a store that serves the API as the program does, over a real database.
type house struct {
	*desktest.Office
	intake   *intake.Intake
	queue    *jobs.Queue
	accounts *auth.Accounts
	url      string
	coming   atomic.Int64 // bytes of packages that have come in
	ended    atomic.Int64 // submissions that were taken in or given up
	damaged  atomic.Bool  // files are not what they were
	failed   failures
	log      record
}

// record is a log that is read while it is written.
type record struct {
	mu   sync.Mutex
	text strings.Builder
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

// open opens a house; edits change what its API stands on, or the server.
func open(t *testing.T, db *store.DB, edits ...func(*api.Options, *http.Server)) *house {
	t.Helper()
	h := &house{Office: desktest.New(t, db)}
	h.openIntake(t)
	var roles []string
	for _, r := range review.Roles() {
		roles = append(roles, string(r))
	}
	var err error
	h.accounts, err = auth.NewAccounts(auth.Config{DB: db, Ledger: h.Log, Roles: roles,
		Cost: password.Cost{Memory: 64, Passes: 1, Lanes: 1}, Now: h.Time})
	require.NoError(t, err)
	o := api.Options{
		Identify: api.Tokens(h.accounts), Move: h.Move, Cases: h.Cases,
		Submissions: h.Submissions, Letters: h.Letters, Files: files{h}, MaxSize: maxSize,
		Failed: h.failed.add,
		Known: func(r *http.Request, route string, who api.Caller) {
			web.Note(r.Context(), route, who.Actor.ID)
		},
		Submit: func(ctx context.Context, u intake.Upload) (review.Submission, bool, error) {
			defer h.ended.Add(1)
			return h.intake.Submit(ctx, u)
		},
	}
	server := web.Server("", nil)
	for _, edit := range edits {
		edit(&o, server)
	}
	server.Handler, err = web.New(web.Options{
		Store: h.Office.Desk.Office.Store, Accounts: h.accounts, API: api.New(o),
		Sessions: auth.NewSessions(h.accounts, auth.SessionConfig{}), Now: h.Time,
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	require.NoError(t, err)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	serving := &httptest.Server{Listener: listener, Config: server}
	serving.Start()
	t.Cleanup(serving.Close)
	t.Cleanup(func() { assert.Empty(t, h.failed.take(), "told to the operator") })
	h.url = serving.URL
	return h
}

func (h *house) openIntake(t *testing.T) {
	t.Helper()
	k, err := knownOnce()
	require.NoError(t, err)
	later := &scans{}
	h.intake = &intake.Intake{
		Atomic: h.Atomic, Cases: h.Cases, Apps: h.Apps, Submissions: h.Submissions,
		Files: files{h}, Queue: later, Judge: k.engine.Judge,
		Analyzer: func(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
			size, err := f.Seek(0, io.SeekEnd)
			if err != nil {
				return nil, err
			}
			facts, _, err := k.engine.Read(ctx, analyzer.File{Bytes: f, Size: size},
				analyzer.Options{})
			return facts, err
		},
		Registry: func(context.Context) registry.Lookup { return k.lists },
		Coverage: report.CoverageOf, Law: h.Law, Calendar: h.Calendar, Tool: "listgate test",
		Policy: review.Policy{Version: "test-1", AutoList: true}, MaxSize: maxSize,
		Now: h.Time, NewID: h.ID, Letter: h.WriteLetter,
	}
	var kinds jobs.Kinds
	require.NoError(t, jobs.Add(&kinds, jobs.Handler[scanJob]{
		Work: func(ctx context.Context, j scanJob) error { return h.intake.Scan(ctx, j.Case) },
	}))
	h.queue, err = jobs.New(h.DB, jobs.Config{Kinds: &kinds, Poll: 50 * time.Millisecond})
	require.NoError(t, err)
	later.queue = h.queue
}

// work works the jobs until the end of the test.
func (h *house) work(t *testing.T) {
	t.Helper()
	require.NoError(t, h.queue.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		assert.NoError(t, h.queue.Stop(ctx))
	})
}

// scanJob is the job that the server enqueues.
type scanJob struct {
	Case string `json:"case"`
}

func (scanJob) Kind() string { return "scan" }

type scans struct{ queue *jobs.Queue }

func (s *scans) Scan(ctx context.Context, caseID string) error {
	_, err := s.queue.Enqueue(ctx, scanJob{caseID}, jobs.Options{})
	return err
}

// files are the blobs of a house as intake and API know them.
type files struct{ h *house }

func (f files) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	st, err := f.h.Blobs.Put(ctx, &counted{r, &f.h.coming}, limit)
	return st.Digest.String(), st.Size, err
}

func (f files) Open(ctx context.Context, sha256 string) (intake.File, error) {
	d, err := blob.ParseDigest(sha256)
	if err != nil {
		return nil, err
	}
	return f.h.Blobs.Open(ctx, d)
}

func (f files) Read(ctx context.Context, sha256 string, limit int64) ([]byte, error) {
	text, err := f.h.Files.Read(ctx, sha256, limit)
	if f.h.damaged.Load() {
		text = append(text, ' ')
	}
	return text, err
}

// counted counts what is read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// failure is what the operator is told.
type failure struct{ path, id, err string }

type failures struct {
	mu  sync.Mutex
	all []failure
}

func (f *failures) add(r *http.Request, id string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, failure{r.URL.Path, id, err.Error()})
}

// take returns what was told since it was last asked.
func (f *failures) take() []failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.all
	f.all = nil
	return all
}

// account makes an account.
func (h *house) account(t *testing.T, login string, role review.Role) auth.Account {
	t.Helper()
	a, err := h.accounts.Create(t.Context(), "command", auth.Account{
		Login: login, Name: "人 " + login, Role: string(role)}, "correct horse battery")
	require.NoError(t, err)
	return a
}

// token makes a token of an account.
func (h *house) token(t *testing.T, a auth.Account, scopes ...string) string {
	t.Helper()
	_, bearer, err := h.accounts.Tokens().Issue(t.Context(), auth.Token{
		Account: a.ID, Name: "流水线 " + a.Login, Scopes: scopes})
	require.NoError(t, err)
	return bearer
}

// pipeline makes an account with a token that may hand in.
func (h *house) pipeline(t *testing.T, login string) string {
	t.Helper()
	return h.token(t, h.account(t, login, review.RoleSenior), auth.ScopeSubmit)
}
