package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

func TestDossier(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		for _, lang := range []string{"zh", "en", "zh-CN"} {
			d, err := o.Dossier(t.Context(), desktest.Lin, "c-1", lang)
			require.NoError(t, err)
			assert.Equal(t, desktest.Fixture, d.Report.Package.Path)
			assert.NotEmpty(t, d.Report.Findings)
			assert.Equal(t, "2026-11", d.Edition.ID)
			assert.Equal(t, "a-1", d.App.ID)
			assert.Equal(t, "1.10", d.Release.Version)
			assert.Len(t, d.Releases, 2)
			assert.Equal(t, "app.apk", d.Submission.File)
			assert.Len(t, d.History, 2)
			for _, kind := range []review.PointerKind{review.PointCheck, review.PointFinding,
				review.PointCapability, review.PointRoute} {
				assert.NotEmpty(t, d.Known[kind], kind)
			}
			assert.Empty(t, d.Known[review.PointScan])
			assert.Empty(t, d.Known[review.PointDocument])
		}
		zh, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "zh")
		require.NoError(t, err)
		en, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "en")
		require.NoError(t, err)
		assert.NotEqual(t, zh.Report.Checks[0].Steps[0].Why, en.Report.Checks[0].Steps[0].Why)
		_, err = o.Dossier(t.Context(), desktest.Lin, "c-1", "fr")
		require.ErrorIs(t, err, review.ErrInvalid)
		_, err = o.Dossier(t.Context(), desktest.Lin, "c-9", "zh")
		require.ErrorIs(t, err, review.ErrNotFound)
		_, err = o.Dossier(t.Context(), review.Actor{}, "c-1", "zh")
		require.ErrorIs(t, err, review.ErrForbidden)
	})
}

// What each person is offered at each place of the road, beside decisions, and what
// can be decided on.
func TestWhatIsOffered(t *testing.T) {
	t.Parallel()
	auditor := review.Actor{ID: "u-audit", Role: review.RoleAuditor}
	offices(t, func(t *testing.T, o *desktest.Office) {
		offers := func(who review.Actor) ([]review.Event, []review.Act) {
			d, err := o.Dossier(t.Context(), who, "c-1", "zh")
			require.NoError(t, err)
			return d.Events, d.Possible
		}
		is := func(who review.Actor, acts int, want ...review.Event) {
			t.Helper()
			events, possible := offers(who)
			assert.Equal(t, want, events, who.ID)
			assert.Len(t, possible, acts, who.ID)
		}
		o.Open(t, "c-1", "a-1/1.10")
		is(desktest.Lin, 0, review.EventClaim, review.EventHold)
		is(desktest.Maker, 0, review.EventWithdraw)
		is(auditor, 0)

		o.Claims(t, "c-1", desktest.Lin)
		is(desktest.Lin, 9, review.EventUnclaim, review.EventHold)
		is(desktest.Zhou, 0)
		is(desktest.Maker, 0, review.EventWithdraw)
		o.Pass(review.DefaultLease)
		is(desktest.Lin, 0, review.EventClaim, review.EventHold)
		is(desktest.Zhou, 0, review.EventClaim, review.EventHold)
		on := o.Claims(t, "c-1", desktest.Lin)

		made, err := o.Decide(t.Context(), on,
			desktest.Proposal(review.MeasureSuspend, review.ScopeDownloads))
		require.NoError(t, err)
		is(desktest.Lin, 0, review.EventRetract)
		is(desktest.Zhou, 0)
		is(desktest.Chen, 0, review.EventApprove, review.EventReject)
		is(desktest.Maker, 0)

		_, err = o.Follow(t.Context(),
			following(t, o, review.EventApprove, made, desktest.Chen))
		require.NoError(t, err)
		is(desktest.Lin, 0, review.EventExtend, review.EventEffect, review.EventReopen)
		is(desktest.Maker, 0, review.EventAppeal)
		_, err = o.Follow(t.Context(), following(t, o, review.EventEffect, made, desktest.Lin))
		require.NoError(t, err)
		is(desktest.Zhou, 0, review.EventExtend, review.EventClose, review.EventReopen)
		is(auditor, 0)
	})
}

func TestWhatIsOfferedInAnEmergency(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		p := desktest.Proposal(review.MeasureRemove, "")
		p.Emergency = &review.Emergency{}
		decides(t, o, "c-1", desktest.Chen, p)
		for who, want := range map[review.Actor]bool{desktest.Lin: false, desktest.Chen: false,
			desktest.Wu: true} {
			d, err := o.Dossier(t.Context(), who, "c-1", "zh")
			require.NoError(t, err)
			assert.Equal(t, want, strings.Contains(join(d.Events), "ratify"), who.ID)
		}
		o.Pass(review.RatifyTime)
		d, err := o.Dossier(t.Context(), desktest.Wu, "c-1", "zh")
		require.NoError(t, err)
		assert.NotContains(t, d.Events, review.EventRatify, "too late")
	})
}

func join(events []review.Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(string(e) + " ")
	}
	return b.String()
}

// A report that is missing or damaged is an error that says so.
func TestReportThatCannotBeShown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string // that is kept in place of the report
		zh   func(kept string) string
		want string
	}{
		{"missing_file", "", func(string) string { return strings.Repeat("a", 64) },
			"no such blob"},
		{"no_name", "", func(string) string { return "" },
			"the scan left none in this language"},
		{"no_json", "report", nil, "cannot unmarshal"},
		{"other_document", `{"schema":"listgate.facts/v1"}`, nil, "want listgate.report/v1"},
		{"empty_document", `{}`, nil, "want listgate.report/v1"},
	}
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		for _, test := range tests {
			name := o.Put(t, test.text)
			if strings.HasPrefix(test.text, "{") {
				name = o.PutText(t, test.text)
			}
			if test.zh != nil {
				name = test.zh(name)
			}
			require.NoError(t, o.Submissions.Scanned(t.Context(), "c-1",
				review.Scan{At: o.Time(), Reports: map[string]string{"zh": name}}))
			d, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "zh")
			require.ErrorContains(t, err, test.want, test.name)
			require.ErrorContains(t, err, "report of case c-1 in zh", test.name)
			require.NotErrorIs(t, err, review.ErrNotFound, test.name)
			assert.Empty(t, d.Case.ID, test.name)
			_, err = o.Decide(t.Context(), on, refusal())
			require.ErrorContains(t, err, test.want, test.name)
		}
	})
}

// A scan that failed leaves its outcome as evidence. One that was held back for another
// case was analysed, and no letter says otherwise.
func TestFailedScan(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, facts, zh, en string }{
		{"unread", "", "安装包未能检测：不是安装包", "the package could not be analysed: it is no package"},
		{"held_back", strings.Repeat("0", 64), "（1）不是安装包", "(1) it is no package"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(t *testing.T, o *desktest.Office) {
				o.Open(t, "c-1", "a-1/1.10", func(c *review.Case) {
					c.State, c.Made.Facts = review.CaseScanFailed, ""
				})
				require.NoError(t, o.Submissions.Scanned(t.Context(), "c-1", review.Scan{
					At: o.Time(), Facts: test.facts,
					Failure: analyzer.Text{ZH: "不是安装包", EN: "it is no package"}}))
				on := o.Claims(t, "c-1", desktest.Lin)
				d, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "zh")
				require.NoError(t, err)
				assert.Nil(t, d.Report)
				assert.Equal(t, review.Known{review.PointScan: {"c-1"}}, d.Known)
				assert.NotContains(t, d.Possible, review.Act{Measure: review.MeasureList})
				assert.Contains(t, d.Possible, review.Act{Measure: review.MeasureRefuse})
				p := refusal()
				p.Evidence = []review.Pointer{{Kind: review.PointScan, ID: "c-1"}}
				_, err = o.Decide(t.Context(), on, p)
				require.NoError(t, err)
				letters, err := o.Letters.Letters(t.Context(), "c-1")
				require.NoError(t, err)
				assert.Contains(t, letters[0].ZH, test.zh)
				assert.Contains(t, letters[0].EN, test.en)
			})
		})
	}
}

func TestDeclarationIsEvidence(t *testing.T) {
	t.Parallel()
	const text = `schema: listgate.declaration/v1
app: {id: com.example.a-1, version: "1.10"}
signed: {by: 王负责, on: 2026-11-20}
`
	tests := []struct{ name, text, zh, en string }{
		{"signed", text, "开发者的声明（王负责 于 2026-11-20 署名）",
			"the developer's declaration, signed by 王负责 on 2026-11-20"},
		{"no_longer_readable", "{", "开发者提交的声明", "the developer's declaration"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(t *testing.T, o *desktest.Office) {
				o.Declared = test.text
				o.Open(t, "c-1", "a-1/1.10")
				d, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "zh")
				require.NoError(t, err)
				assert.Equal(t, test.name == "signed", d.Declaration != nil)
				assert.Equal(t, []string{"declaration"}, d.Known[review.PointDocument])
				p := refusal()
				p.Evidence = []review.Pointer{{Kind: review.PointDocument, ID: "declaration"}}
				decides(t, o, "c-1", desktest.Lin, p)
				letters, err := o.Letters.Letters(t.Context(), "c-1")
				require.NoError(t, err)
				assert.Contains(t, letters[0].ZH, test.zh)
				assert.Contains(t, letters[0].EN, test.en)
			})
		})
	}
}

// A developer sees the cases of the account, without what the store keeps for itself.
func TestDossierOfADeveloper(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		other := review.Actor{ID: "u-other", Role: review.RoleDeveloper}
		_, err := o.Dossier(t.Context(), other, "c-1", "zh")
		require.ErrorIs(t, err, review.ErrNotFound)

		require.NoError(t, move(t, o, "c-1", desktest.Lin, review.EventHold))
		require.NoError(t, move(t, o, "c-1", desktest.Lin, review.EventResume))
		p := refusal()
		p.Note = "内部备注"
		decides(t, o, "c-1", desktest.Lin, p)
		require.NoError(t, move(t, o, "c-1", desktest.Maker, review.EventAppeal))
		o.Pass(time.Minute)
		on := o.Claims(t, "c-1", desktest.Chen)
		_, err = o.Decide(t.Context(), on, desktest.Proposal(review.MeasureRemove, ""))
		require.NoError(t, err)

		d, err := o.Dossier(t.Context(), desktest.Maker, "c-1", "zh")
		require.NoError(t, err)
		require.Len(t, d.Case.Decisions, 1, "what is only proposed is not shown")
		seen := d.Case.Decisions[0]
		assert.Empty(t, seen.Note)
		assert.Equal(t, review.Actor{Role: review.RoleReviewer}, seen.By)
		assert.Equal(t, desktest.Why, seen.Reason)
		assert.Nil(t, d.Ledger)
		assert.Nil(t, d.Known)
		require.Len(t, d.Letters, 1)
		notes := 0
		for _, e := range d.History {
			if e.Note != "" {
				notes++
				assert.Equal(t, desktest.Maker, e.By)
			}
			assert.NotEqual(t, desktest.Lin.Name, e.By.Name)
		}
		assert.Equal(t, 1, notes)
		stored := o.Case(t, "c-1")
		assert.Equal(t, desktest.Lin, stored.Decisions[0].Acts[0].By, "nothing of it is changed")
	})
}

func TestFindAndCounts(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		rows, next, err := o.Find(t.Context(), review.CaseFilter{Text: "魔法"})
		require.NoError(t, err)
		assert.Empty(t, next)
		require.Len(t, rows, 1)
		assert.Equal(t, "1.10", rows[0].Version)
		_, _, err = o.Find(t.Context(), review.CaseFilter{Text: "\x00"})
		require.ErrorIs(t, err, review.ErrInvalid)
		counts, err := o.Counts(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[review.CaseState]int{review.CaseWaiting: 1}, counts)
	})
}
