// Package desktest sets up a store's office for tests: a desk over a real database
// with the real stores, real reports on a fixture, people, and a clock that stands
// until it is moved.
package desktest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/reporttest"
	reviews "github.com/listgate/listgate/review/store"
	"github.com/listgate/listgate/review/workdays"
)

// The people.
var (
	Lin   = review.Actor{ID: "u-lin", Name: "林审核", Role: review.RoleReviewer}
	Zhou  = review.Actor{ID: "u-zhou", Name: "周审核", Role: review.RoleReviewer}
	Chen  = review.Actor{ID: "u-chen", Name: "陈高级", Role: review.RoleSenior}
	Wu    = review.Actor{ID: "u-wu", Name: "吴高级", Role: review.RoleSenior}
	Maker = review.Actor{ID: "u-dev", Name: "示例公司", Role: review.RoleDeveloper}
	Robot = review.Actor{ID: "daily", Name: "daily", Role: review.RolePipeline}
)

// Why is a reason that is long enough.
const Why = "安装包含有换脸能力，所填备案编号属于技术支持者，不能证明提供者已经备案。"

// Fixture is the package on which the reports of all cases are made.
const Fixture = "faceswap-android"

// Office is a desk with what it stands on.
type Office struct {
	*desk.Desk
	DB    *store.DB
	Store *reviews.Store
	Log   *ledger.Log
	Blobs *blob.Files
	Law   *law.Edition
	// Declared is the declaration that is handed in with what Open opens.
	Declared string

	mu    sync.Mutex
	clock time.Time
	ids   int
}

// New opens an office over a database with tables. It is Monday, 23 November 2026,
// ten in the morning.
func New(t *testing.T, db *store.DB) *Office {
	t.Helper()
	o := &Office{DB: db, clock: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	o.Log = ledger.New(store.NewLedger(db), rand.Reader)
	o.Store = reviews.Open(db, o.Log)
	var err error
	o.Blobs, err = blob.OpenFiles(t.TempDir())
	require.NoError(t, err)
	o.Law, err = law.Load("2026-11")
	require.NoError(t, err)
	days, err := workdays.Load()
	require.NoError(t, err)
	o.Desk = &desk.Desk{
		Atomic: db, Cases: o.Store.Cases(), Apps: o.Store.Apps(),
		Submissions: o.Store.Submissions(), Letters: o.Store.Letters(),
		Files: files{o.Blobs}, Ledger: entries{store.NewLedger(db)},
		Laws: law.Load, Calendar: days,
		Policy: review.Policy{Version: "2026-11-01", AppealDays: 60},
		Office: desk.Office{Store: analyzer.Text{ZH: "示例应用商店", EN: "Example Store"},
			Appeal: analyzer.Text{ZH: "https://store.example/申诉",
				EN: "https://store.example/appeal"}},
		Now: o.Time, NewID: o.ID,
	}
	return o
}

// Time is the time of the clock.
func (o *Office) Time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

// Pass lets time pass.
func (o *Office) Pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

// ID is a new id.
func (o *Office) ID() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ids++
	return fmt.Sprintf("id-%04d", o.ids)
}

// AddApp keeps an application in a state, with an Android release for each version
// and state that is given: "1.9", "listed", "1.10", "submitted". The id of a release is
// that of the application with the version: "a-1/1.9".
func (o *Office) AddApp(t *testing.T, id string, state review.AppState, releases ...string) {
	t.Helper()
	app := review.App{ID: id, Package: "com.example." + id, Name: "魔法相机 " + id,
		Provider: "示例科技有限公司", Standing: review.Standing{State: state}}
	var all []review.Release
	for i := 0; i+1 < len(releases); i += 2 {
		all = append(all, review.Release{ID: id + "/" + releases[i], App: id,
			Platform: review.Android, Version: releases[i],
			State: review.ReleaseState(releases[i+1])})
	}
	require.NoError(t, o.Apps.Add(t.Context(), app, all...))
}

// Open opens a case that waits, for a release that AddApp kept; its submission is
// Maker's, with the reports on Fixture. What the edits change is kept.
func (o *Office) Open(t *testing.T, id, release string, edits ...func(*review.Case)) {
	t.Helper()
	app, _, _ := strings.Cut(release, "/")
	now := o.Time()
	doc := documents(t)["zh"]
	c := review.Case{
		ID: id, App: app, Release: release, Stage: review.StageSubmission,
		Origin: review.OriginSubmission, Route: doc.Route,
		Place: review.Place{State: review.CaseWaiting},
		Made: review.MadeOn{Law: o.Law.ID, Digest: o.Law.Law.Digest, Rules: doc.Rules.Digest,
			Facts: doc.Facts.Digest, Policy: o.Policy.Version, Snapshots: []review.SnapshotRef{
				{Source: "algorithm.csv", Published: "2026-10-30", SHA256: "aa"}}},
		Times: review.Times{Received: now.Add(-5 * time.Hour), Opened: now.Add(-4 * time.Hour)},
		Due:   o.Policy.ReviewBy(o.Calendar, now),
	}
	for _, edit := range edits {
		edit(&c)
	}
	first := review.Entry{At: now, By: Robot, On: review.EventOpen, To: c.State}
	require.NoError(t, o.Cases.Open(t.Context(), c, first))
	scan := review.Scan{At: now, Facts: doc.Facts.Digest, Reports: map[string]string{}}
	for lang, doc := range documents(t) {
		scan.Reports[lang] = o.Put(t, doc)
	}
	require.NoError(t, o.Submissions.Add(t.Context(), review.Submission{
		ID: "s-" + id, Case: id, File: "app.apk", SHA256: doc.Package.SHA256, Size: 1000,
		Declaration: o.Declared, By: Maker, Received: c.Times.Received, Scan: &scan,
	}))
}

// Put keeps a document as JSON, and returns its SHA-256.
func (o *Office) Put(t *testing.T, document any) string {
	t.Helper()
	text, err := json.Marshal(document)
	require.NoError(t, err)
	return o.PutText(t, string(text))
}

// PutText keeps a text, and returns its SHA-256.
func (o *Office) PutText(t *testing.T, text string) string {
	t.Helper()
	stat, err := o.Blobs.Put(t.Context(), strings.NewReader(text), 1<<30)
	require.NoError(t, err)
	return stat.Digest.String()
}

// Claimed opens a case and has it claimed.
func (o *Office) Claimed(t *testing.T, id, release string, who review.Actor) desk.ActOn {
	t.Helper()
	o.Open(t, id, release)
	return o.Claims(t, id, who)
}

// Claims has a case claimed.
func (o *Office) Claims(t *testing.T, id string, who review.Actor) desk.ActOn {
	t.Helper()
	c, err := o.Claim(t.Context(), id, who)
	require.NoError(t, err)
	return desk.ActOn{Case: id, Rev: c.Rev, Who: who}
}

// As names a case as it stands, for a person who has just read it.
func (o *Office) As(t *testing.T, id string, who review.Actor) desk.ActOn {
	t.Helper()
	return desk.ActOn{Case: id, Rev: o.Case(t, id).Rev, Who: who}
}

// Case returns a case as it is stored.
func (o *Office) Case(t *testing.T, id string) review.Case {
	t.Helper()
	c, err := o.Cases.Case(t.Context(), id)
	require.NoError(t, err)
	return c
}

// Standing returns where an application stands.
func (o *Office) Standing(t *testing.T, app string) review.Standing {
	t.Helper()
	a, err := o.Apps.App(t.Context(), app)
	require.NoError(t, err)
	return a.Standing
}

// Release returns the state of a release.
func (o *Office) Release(t *testing.T, id string) review.ReleaseState {
	t.Helper()
	r, err := o.Store.Apps().Release(t.Context(), id)
	require.NoError(t, err)
	return r.State
}

// Recorded lists what the ledger holds of a case: kind and, of an act, its event.
func (o *Office) Recorded(t *testing.T, id string) []string {
	t.Helper()
	all, err := o.Ledger.Entries(t.Context(), id)
	require.NoError(t, err)
	var out []string
	for _, e := range all {
		var body struct {
			Act struct{ On string }
			On  string
		}
		require.NoError(t, json.Unmarshal(e.Body, &body))
		out = append(out, e.Kind+" "+body.Act.On+body.On)
	}
	return out
}

// Proposal is a measure with all that a decision on it needs.
func Proposal(m review.Measure, s review.Scope) review.Proposal {
	p := review.Proposal{
		Act: review.Act{Measure: m, Scope: s},
		Grounds: review.Grounds{Articles: []string{"dsp 19(1)"},
			Obligations: []string{"FI-01"}},
		Evidence: []review.Pointer{{Kind: review.PointCheck, ID: "FI-01"}},
		Reason:   Why,
	}
	if m.Needs().Remedy {
		p.Remedy = analyzer.Text{ZH: "提供者办理备案并填写自己的编号。",
			EN: "File in your own name and give your own number."}
	}
	return p
}

// documents are the reports on Fixture, made once.
func documents(t *testing.T) map[string]*report.Document {
	t.Helper()
	once.Do(func() {
		made = map[string]*report.Document{
			"zh": reporttest.Document(t, Fixture, "zh", ""),
			"en": reporttest.Document(t, Fixture, "en", ""),
		}
	})
	require.NotNil(t, made)
	return made
}

var (
	once sync.Once
	made map[string]*report.Document
)

// files reads blobs for a desk.
type files struct{ blobs *blob.Files }

// Read implements desk.Files.
func (f files) Read(ctx context.Context, sha256 string, limit int64) ([]byte, error) {
	d, err := blob.ParseDigest(sha256)
	if err != nil {
		return nil, err
	}
	r, err := f.blobs.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(io.LimitReader(r, limit+1))
	if cause := r.Close(); err == nil {
		err = cause
	}
	if err == nil && int64(b.Len()) > limit {
		err = blob.ErrTooLarge
	}
	return b.Bytes(), err
}

// entries shows the ledger to a desk.
type entries struct{ rows *store.Ledger }

// Entries implements desk.Ledger.
func (e entries) Entries(ctx context.Context, caseID string) ([]desk.LedgerEntry, error) {
	rows, err := e.rows.Of(ctx, caseID, 1000)
	if err != nil {
		return nil, err
	}
	out := make([]desk.LedgerEntry, len(rows))
	for i, r := range rows {
		out[i] = desk.LedgerEntry{Seq: r.Seq, Kind: r.Kind, At: r.Time, Body: r.Body}
	}
	return out, nil
}

// Proof implements desk.Ledger; tests of a desk have no key to sign with.
func (entries) Proof(context.Context, int64) ([]byte, error) {
	return nil, review.ErrNotFound
}
