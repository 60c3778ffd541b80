package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/fixtures"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/review/law"
	reviews "github.com/listgate/listgate/review/store"
	"github.com/listgate/listgate/review/workdays"
)

var (
	maker  = review.Actor{ID: "maker", Name: "开发者", Role: review.RoleDeveloper}
	lin    = review.Actor{ID: "lin", Name: "林", Role: review.RoleReviewer}
	admin  = review.Actor{ID: "admin", Name: "管理员", Role: review.RoleAdmin}
	monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
)

// known is what every test shares: it is only read.
type known struct {
	engine   *analyzer.Engine
	edition  *law.Edition
	lists    registry.Lookup
	calendar *workdays.Calendar
}

var knownOnce = sync.OnceValues(func() (k known, err error) {
	var errs [4]error
	k.engine, errs[0] = analyzers.Engine()
	k.edition, errs[1] = law.Load("2026-11")
	k.lists, errs[2] = registries.Embedded()
	k.calendar, errs[3] = workdays.Load()
	return k, errors.Join(errs[:]...)
})

// room is an intake over a database and a folder of its own.
type room struct {
	*intake.Intake
	db      *store.DB
	store   *reviews.Store
	log     *ledger.Log
	blobs   *blob.Files
	engine  *analyzer.Engine
	letters reviews.Letters
}

func newRoom(t testing.TB, db *store.DB) *room {
	t.Helper()
	k, err := knownOnce()
	require.NoError(t, err)
	blobs, err := blob.OpenFiles(t.TempDir())
	require.NoError(t, err)
	log := ledger.New(store.NewLedger(db), rand.Reader)
	r := &room{db: db, log: log, blobs: blobs, store: reviews.Open(db, log), engine: k.engine}
	r.letters = r.store.Letters()
	r.Intake = &intake.Intake{
		Atomic: db, Cases: r.store.Cases(), Apps: r.store.Apps(),
		Submissions: r.store.Submissions(), Files: files{blobs}, Queue: scans{newQueue(t, db)},
		Analyzer: r.analyse, Judge: k.engine.Judge,
		Registry: func(context.Context) registry.Lookup { return k.lists },
		Coverage: func(registry.Lookup) analyzer.Text {
			return analyzer.Text{ZH: "部分", EN: "part"}
		},
		Law: k.edition, Calendar: k.calendar, Tool: "listgate test", MaxSize: 1 << 20,
		Policy: review.Policy{Version: "test-1", AutoList: true},
		Now:    func() time.Time { return monday }, NewID: newID,
	}
	d := &desk.Desk{
		Atomic: db, Cases: r.Cases, Apps: r.Apps, Submissions: r.Submissions,
		Letters: r.letters, Files: files{blobs}, Calendar: k.calendar, Policy: r.Policy,
		Laws: func(string) (*law.Edition, error) { return k.edition, nil },
		Office: desk.Office{Store: analyzer.Text{ZH: "示例商店", EN: "Example Store"},
			Appeal: analyzer.Text{ZH: "appeal@example.com", EN: "appeal@example.com"}},
		Now: r.Now, NewID: newID,
	}
	r.Letter = d.WriteLetter
	return r
}

var ids atomic.Int64

// newID returns ids in the form and order of UUIDv7.
func newID() string { return fmt.Sprintf("0193523a-0000-7000-8000-%012x", ids.Add(1)) }

// analyse reads a package in this process.
func (r *room) analyse(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	facts, _, err := r.engine.Read(ctx, analyzer.File{Bytes: f, Size: size}, analyzer.Options{})
	return facts, err
}

// files is the blob store as the intake knows it.
type files struct{ blobs *blob.Files }

func (f files) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	st, err := f.blobs.Put(ctx, r, limit)
	return st.Digest.String(), st.Size, err
}

func (f files) Open(ctx context.Context, sha256 string) (intake.File, error) {
	d, err := blob.ParseDigest(sha256)
	if err != nil {
		return nil, err
	}
	return f.blobs.Open(ctx, d)
}

// Read is what a desk asks for.
func (f files) Read(ctx context.Context, sha256 string, limit int64) ([]byte, error) {
	file, err := f.Open(ctx, sha256)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(file, limit))
	return b.Bytes(), errors.Join(err, file.Close())
}

// scanJob is the job that the server enqueues.
type scanJob struct {
	Case string `json:"case"`
}

func (scanJob) Kind() string { return "scan" }

// scans enqueues jobs that nobody works.
type scans struct{ queue *jobs.Queue }

func (s scans) Scan(ctx context.Context, caseID string) error {
	_, err := s.queue.Enqueue(ctx, scanJob{caseID}, jobs.Options{})
	return err
}

func newQueue(t testing.TB, db *store.DB) *jobs.Queue {
	t.Helper()
	var kinds jobs.Kinds
	require.NoError(t, jobs.Add(&kinds, jobs.Handler[scanJob]{
		Work: func(context.Context, scanJob) error { return nil },
	}))
	q, err := jobs.New(db, jobs.Config{Kinds: &kinds})
	require.NoError(t, err)
	return q
}

// count counts rows.
func (r *room) count(t testing.TB, table, where string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, r.db.From(t.Context()).Raw("SELECT count(*) FROM "+table+" WHERE "+where,
		args...).Scan(&n).Error)
	return n
}

// kept counts the blobs.
func (r *room) kept(t testing.TB) int {
	t.Helper()
	all, err := r.blobs.List(t.Context(), blob.Digest{}, 1000)
	require.NoError(t, err)
	return len(all)
}

// app is an application that makes nothing, which its developer says.
type app struct{ id, version string }

func (a app) pack(t testing.TB) []byte {
	t.Helper()
	data, err := fixtures.Build(fmt.Appendf(nil, `-- manifest.yaml --
package: %[1]s
versionCode: 7
versionName: "%[2]s"
minSdk: 24
targetSdk: 34
label: {"": Notes, zh-CN: 记事本}
-- dex/classes.dex.yaml --
classes:
  - name: %[1]s.Main
    extends: android.app.Activity
`, a.id, a.version))
	require.NoError(t, err)
	return data
}

func (a app) declaration() string {
	return fmt.Sprintf(`schema: listgate.declaration/v1
app: {id: %s, name: 记事本, version: %s, target_minors: no}
provider: {name: 示例科技（北京）有限公司, uscc: 91310104MA1FAKE3XX, kind: organisation}
purpose: 记录每日步数。
signed: {by: 张三, on: 2026-11-20}
synthesis: {offered: no}
filings:
  - {series: app, number: 京ICP备2024068193号-1A}
documents:
  - {kind: licence, file: licence.pdf}
  - {kind: app-filing, file: filing.pdf}
`, a.id, a.version)
}

// upload is a sound upload of the application.
func (a app) upload(t testing.TB) intake.Upload {
	t.Helper()
	return intake.Upload{File: "notes.apk", Body: bytes.NewReader(a.pack(t)),
		Declaration: a.declaration(), By: maker}
}

// fixture is an upload of a shipped fixture without a declaration.
func fixture(t testing.TB, name string) intake.Upload {
	t.Helper()
	data, err := fixtures.Load(name)
	require.NoError(t, err)
	return intake.Upload{File: strings.ReplaceAll(name, "/", "-") + ".apk",
		Body: bytes.NewReader(data), By: maker}
}

func (r *room) submit(t testing.TB, u intake.Upload) review.Submission {
	t.Helper()
	s, again, err := r.Submit(t.Context(), u)
	require.NoError(t, err)
	require.False(t, again)
	return s
}

// scanned hands a package in and scans it.
func (r *room) scanned(t testing.TB, u intake.Upload) review.Case {
	t.Helper()
	s := r.submit(t, u)
	require.NoError(t, r.Scan(t.Context(), s.Case))
	return r.caseOf(t, s.Case)
}

func (r *room) caseOf(t testing.TB, id string) review.Case {
	t.Helper()
	c, err := r.Cases.Case(t.Context(), id)
	require.NoError(t, err)
	return c
}

func (r *room) submission(t testing.TB, caseID string) review.Submission {
	t.Helper()
	s, err := r.Submissions.Submission(t.Context(), caseID)
	require.NoError(t, err)
	return s
}

// events are those of the history of a case.
func (r *room) events(t testing.TB, id string) []review.Event {
	t.Helper()
	entries, err := r.Cases.History(t.Context(), id)
	require.NoError(t, err)
	var out []review.Event
	for _, e := range entries {
		out = append(out, e.On)
	}
	return out
}
