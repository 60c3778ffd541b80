package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	reviewed "github.com/listgate/listgate/review/store"
)

// killSeed chooses the moments at which TestKilled kills; a failure prints it.
const killSeed = "LISTGATE_TEST_KILL_SEED"

// TestKilled hands packages in, and decides on them, while processes are killed and
// started again, and so are the children that read packages: what was taken or decided
// is there once, and comes to its end.
func TestKilled(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		k := startKilling(t, source)
		for range 10 {
			k.handIn(4)
			k.strike()
		}
		k.hands.Wait()
		k.settled()
		k.stopAll()
		require.False(t, t.Failed())
		interrupted := k.kept.count("SELECT count(*) FROM river_job WHERE attempt > 1")
		t.Logf("%d requests cut, %d jobs begun anew, %d children killed alone", k.cut.Load(),
			interrupted, k.orphaned)
		assert.NotZero(t, k.cut.Load(), "no request was cut: the test tests nothing")
		assert.NotZero(t, interrupted, "no job was interrupted: the test tests nothing")
		k.everythingIsOnce()
	})
}

// killing is a house under attack.
type killing struct {
	t        *testing.T
	h        *house
	kept     *kept
	rand     *mathrand.Rand
	roles    []func() *running // how each process is started
	run      []*running
	base     atomic.Pointer[string] // where the server is now
	reviewer *visitor
	hands    sync.WaitGroup
	uploads  []*upload
	cut      atomic.Int64 // requests that a kill cut short
	orphaned int          // children that were killed alone
}

// upload is one package and what became of it.
type upload struct {
	pack
	kind string // quiet, voice or noise
	id   string // of its case
	lost bool   // its scan failed, though it is sound
}

func startKilling(t *testing.T, source string) *killing {
	t.Helper()
	k := &killing{t: t, h: newOffice(t, source, "scan.concurrent", "2")}
	k.kept = k.h.kept()
	seed := os.Getenv(killSeed)
	if seed == "" {
		n, err := rand.Int(rand.Reader, big.NewInt(1<<40))
		require.NoError(t, err)
		seed = n.String()
	}
	number, err := strconv.ParseUint(seed, 10, 64)
	require.NoError(t, err)
	k.rand = mathrand.New(mathrand.NewPCG(number, 0))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again with %s=%s", killSeed, seed)
		}
	})
	k.roles = []func() *running{func() *running { return k.h.serve() }}
	if k.kept.db.Dialect() == store.Postgres {
		k.roles = []func() *running{
			func() *running { return k.h.serve("--no-work") }, k.h.work, k.h.work,
		}
	}
	k.run = make([]*running, len(k.roles))
	for i := range k.roles {
		k.begin(i)
	}
	k.reviewer = signIn(t, k.run[0], wang)
	return k
}

// begin starts one of the processes.
func (k *killing) begin(i int) {
	k.run[i] = k.roles[i]()
	if i == 0 {
		k.base.Store(&k.run[0].base)
	}
}

// handIn begins to hand in some packages, and to do what is to be done with each.
func (k *killing) handIn(n int) {
	k.t.Helper()
	for range n {
		u := k.next()
		k.hands.Go(func() {
			for ; u.id == "" && k.t.Context().Err() == nil; k.breathe() {
				k.send(u)
			}
			for ; !k.done(u) && k.t.Context().Err() == nil; k.breathe() {
			}
		})
	}
}

// breathe waits for what is under way: a process that starts, a scan that ends.
func (k *killing) breathe() { time.Sleep(10 * time.Millisecond) }

// next makes the next package.
func (k *killing) next() *upload {
	k.t.Helper()
	n := len(k.uploads)
	u := &upload{kind: []string{"quiet", "voice", "quiet", "noise"}[n%4]}
	switch u.kind {
	case "quiet":
		u.pack = quietPack(k.t, n)
	case "voice":
		u.pack = voicePack(k.t, n)
	case "noise":
		u.pack = noisePack(n)
	}
	u.key = fmt.Sprintf("upload-%d", n)
	k.uploads = append(k.uploads, u)
	return u
}

// send hands a package in, as a pipeline does that knows no better than to try again.
func (k *killing) send(u *upload) {
	a, ok := k.try(func(base string) (answer, error) {
		return (&pipeline{k.t, base, k.h.token}).send(k.t.Context(), u.pack, "zh")
	})
	if !ok || !assert.Equal(k.t, http.StatusAccepted, a.status, a.body) {
		return
	}
	var s submitted
	if assert.NoError(k.t, json.Unmarshal([]byte(a.body), &s)) {
		u.id = s.Case
	}
}

// try asks the server where it is now; ok is false where it was killed meanwhile.
func (k *killing) try(ask func(base string) (answer, error)) (a answer, ok bool) {
	a, err := ask(*k.base.Load())
	if err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
		k.cut.Add(1)
	}
	return a, err == nil
}

// done takes the next step with a package, and reports that there is none any more. A
// person refuses what speaks, and asks again for scans whose child was killed.
func (k *killing) done(u *upload) bool {
	a, ok := k.try(func(base string) (answer, error) {
		p := &pipeline{k.t, base, k.h.token}
		return p.ask(k.t.Context(), http.MethodGet, "/submissions/"+u.id, nil)
	})
	var s submitted
	if !ok || a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &s) != nil {
		return false
	}
	switch s.State {
	case review.CaseReceived, review.CaseScanning:
		return false
	case review.CaseScanFailed:
		if u.kind == "noise" {
			return true
		}
		u.lost = true
		assert.Contains(k.t, s.Failure.EN, "the package could not be analysed")
		k.press(u, "/rescan", nil)
		return false
	case review.CaseWaiting:
		k.press(u, "/claim", nil)
		return false
	case review.CaseClaimed:
		k.decide(u)
		return false
	}
	return true
}

// press sends a form about a case. What came of it is seen later.
func (k *killing) press(u *upload, path string, form []string) {
	a, ok := k.try(func(base string) (answer, error) {
		v := *k.reviewer
		v.base = base
		return v.try(http.MethodPost, "/cases/"+u.id+path, "application/x-www-form-urlencoded",
			strings.NewReader(formOf(form).Encode()))
	})
	if ok {
		assert.Equal(k.t, http.StatusSeeOther, a.status, a.complains())
	}
}

// decide decides a case by the form on its page.
func (k *killing) decide(u *upload) {
	a, ok := k.try(func(base string) (answer, error) {
		v := *k.reviewer
		v.base = base
		return v.try(http.MethodGet, "/cases/"+u.id, "", nil)
	})
	if !ok {
		return
	}
	fields := a.tree().All("form#decide input[name=rev]")
	if assert.Len(k.t, fields, 1, "%s: no form to decide: %s", u.key, a.says()) {
		k.press(u, "/decide", refusal(fields[0].Attr("value")))
	}
}

// strike kills at a random moment: a child alone, or one of the processes, or all.
func (k *killing) strike() {
	k.t.Helper()
	time.Sleep(time.Duration(k.rand.IntN(120)) * time.Millisecond)
	switch n := k.rand.IntN(10); {
	case n < 3:
		k.killChild()
	case n < 8:
		k.killProcess(k.rand.IntN(len(k.run)))
	default:
		for i := range k.run {
			k.run[i].kill()
		}
		for i := range k.run {
			k.begin(i)
		}
	}
}

// killProcess kills a process, whose children end with it, and starts it again.
func (k *killing) killProcess(i int) {
	k.t.Helper()
	children := childrenOf(k.run[i].cmd.Process.Pid)
	k.run[i].kill()
	soon(k.t, func() bool { return !anyAlive(children) }, "children outlive their process")
	k.begin(i)
}

// killChild kills a child that reads a package, if one comes up soon.
func (k *killing) killChild() {
	k.t.Helper()
	for until := time.Now().Add(time.Second); time.Now().Before(until); {
		for _, r := range k.run {
			for _, pid := range childrenOf(r.cmd.Process.Pid) {
				if syscall.Kill(pid, syscall.SIGKILL) == nil {
					k.orphaned++
					return
				}
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// settled waits until nothing is on its way any more.
func (k *killing) settled() {
	k.t.Helper()
	soon(k.t, func() bool {
		return k.kept.count("SELECT count(*) FROM cases WHERE state IN ('received','scanning')")+
			k.kept.count("SELECT count(*) FROM river_job WHERE state <> 'completed'") == 0
	}, "scans do not end")
}

func (k *killing) stopAll() {
	k.t.Helper()
	for _, r := range k.run {
		assert.Zero(k.t, r.stop(), "%s", &r.log)
	}
}

// everythingIsOnce looks at all that is kept, once all is done.
func (k *killing) everythingIsOnce() {
	k.t.Helper()
	total := int64(len(k.uploads))
	assert.Equal(k.t, total, k.kept.count("SELECT count(*) FROM submissions"))
	assert.Equal(k.t, total, k.kept.count("SELECT count(*) FROM cases"))
	k.begin(0)
	p := k.h.pipeline(k.run[0])
	lost := 0
	for _, u := range k.uploads {
		if u.lost {
			lost++
		}
		k.ended(p, u)
		a, err := p.send(k.t.Context(), u.pack, "zh")
		require.NoError(k.t, err)
		assert.Equal(k.t, "true", a.header.Get("Idempotency-Replayed"))
		assert.Equal(k.t, u.id, readJSON[submitted](k.t, a).Case)
	}
	assert.LessOrEqual(k.t, lost, k.orphaned, "scans failed whose child was not killed")
	assert.Equal(k.t, total, k.kept.count("SELECT count(*) FROM submissions"))
	assert.Zero(k.t, k.run[0].stop())
	k.kept.whole()
	for _, kind := range []string{ledger.RulesRelease, ledger.LawRelease, ledger.PolicyRelease} {
		assert.EqualValues(k.t, 1,
			k.kept.count("SELECT count(*) FROM ledger_rows WHERE kind = ?", kind), kind)
	}
	nowhere, err := reviewed.Open(k.kept.db, ledger.New(store.NewLedger(k.kept.db), rand.Reader)).
		Cases().Lost(k.t.Context())
	require.NoError(k.t, err)
	assert.Empty(k.t, nowhere)
	assert.Contains(k.t, k.h.must("", "ledger", "verify"), "the ledger holds")
}

// ended checks that a package has come to the end that is right for it.
func (k *killing) ended(p *pipeline, u *upload) {
	k.t.Helper()
	assert.EqualValues(k.t, 1, k.kept.count("SELECT count(*) FROM submissions WHERE key = ? "+
		"AND case_id = ?", u.key, u.id), u.key)
	s := p.state(u.id)
	assert.True(k.t, s.Scanned, u.key)
	want := map[string]review.CaseState{
		"quiet": review.CaseDecided, "voice": review.CaseDecided, "noise": review.CaseScanFailed,
	}
	assert.Equal(k.t, want[u.kind], s.State, "%s: %+v", u.key, s)
	for _, lang := range []string{"zh", "en"} {
		a := p.get("/submissions/" + u.id + "/report?lang=" + lang)
		assert.Equal(k.t, http.StatusOK, a.status, a.body)
		assert.Contains(k.t, a.body, "listgate.report/v1")
	}
	decided := 1
	if u.kind == "noise" {
		decided = 0
		assert.NotEmpty(k.t, s.Failure.ZH)
		assert.NotEmpty(k.t, s.Failure.EN)
	}
	require.Len(k.t, s.Decisions, decided, u.key)
	for _, d := range s.Decisions {
		assert.Equal(k.t, u.kind == "quiet", d.Automated, u.key)
	}
	for _, query := range []string{
		"SELECT count(*) FROM case_decisions WHERE case_id = ?",
		"SELECT count(*) FROM letters WHERE case_id = ?",
		"SELECT count(*) FROM ledger_rows WHERE kind = 'decision' AND subject = ?",
		"SELECT count(*) FROM ledger_rows WHERE kind = 'notice' AND subject = ?",
	} {
		assert.EqualValues(k.t, decided, k.kept.count(query, u.id), "%s: %s", u.key, query)
	}
}
