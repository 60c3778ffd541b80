package dossier_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/web/page/dossier"
	"github.com/listgate/listgate/web/ui/uitest"
)

// rescans counts the scans that were asked for; err refuses them.
type rescans struct {
	asked int
	err   error
}

// Rescan implements dossier.Scans.
func (r *rescans) Rescan(context.Context, string, review.Actor) error {
	r.asked++
	return r.err
}

// bench is the page over an office.
type bench struct {
	*desktest.Office
	scans *rescans
}

func benches(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		test(t, bench{desktest.New(t, db), &rescans{}})
	})
}

// get shows a case to a person.
func (b bench) get(t *testing.T, id string, who review.Actor) uitest.Answer {
	t.Helper()
	return b.visit(t, uitest.Visit{Path: "/cases/" + id, Who: &who})
}

// post sends a form below a case; the version is that of now unless the form has one.
func (b bench) post(
	t *testing.T, path string, who review.Actor, pairs ...string,
) uitest.Answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	if id, _, _ := strings.Cut(path, "/"); form.Get("rev") == "" {
		form.Set("rev", strconv.Itoa(b.Case(t, id).Rev))
	}
	return b.visit(t, uitest.Visit{Method: http.MethodPost, Path: "/cases/" + path, Who: &who,
		Form: form})
}

func (b bench) visit(t *testing.T, v uitest.Visit) uitest.Answer {
	t.Helper()
	v.Now = b.Time()
	got := uitest.Go(t, dossier.New(b.Office, b.Office, b.scans), v)
	require.NoError(t, got.Err)
	return got
}

// problems are what the page says is wrong, below a selector.
func problems(a uitest.Answer, at string) []string {
	var out []string
	for _, n := range a.Tree.All(at + " .problem") {
		out = append(out, n.Text())
	}
	return out
}

func has(a uitest.Answer, selector string) bool { return len(a.Tree.All(selector)) > 0 }

// ids are those of the forms that act on the case.
func ids(a uitest.Answer) []string {
	var out []string
	for _, n := range a.Tree.All("main form[method=post]") {
		if id := n.Attr("id"); id != "next" { // which goes on to another
			out = append(out, id)
		}
	}
	return out
}

// refusal is a form that is accepted.
var refusal = []string{"measure", "refuse", "obligations", "FI-01", "evidence", "check:FI-01",
	"reason", desktest.Why}

// suspension is a form that a second person has to approve.
var suspension = []string{"measure", "suspend", "scope", "downloads", "obligations", "FI-01",
	"evidence", "check:FI-01", "reason", desktest.Why, "remedy_zh", "提供者办理备案并填写编号。"}

func TestFromClaimToDecision(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		b.Open(t, "c-1", "a/1.0")

		waiting := b.get(t, "c-1", desktest.Lin)
		assert.Equal(t, http.StatusOK, waiting.Status)
		assert.ElementsMatch(t, []string{"claim", "hold"}, ids(waiting))

		got := b.post(t, "c-1/claim", desktest.Lin)
		assert.Equal(t, http.StatusSeeOther, got.Status)
		assert.Equal(t, "/cases/c-1", got.Header.Get("Location"))
		assert.Equal(t, []string{"已领取，有效至 2026-11-23 10:30；打开本页期间自动续期"}, got.Told)

		mine := b.get(t, "c-1", desktest.Lin)
		assert.ElementsMatch(t, []string{"drop", "hold", "renew", "decide"}, ids(mine))
		other := b.get(t, "c-1", desktest.Zhou)
		assert.Empty(t, ids(other))
		assert.Contains(t, other.Tree.All("#claimed")[0].Text(), "林审核 领取")

		got = b.post(t, "c-1/claim", desktest.Zhou)
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.Equal(t, []string{"案件已由 林审核 领取，有效至 2026-11-23 10:30"},
			problems(got, "#refused"))

		got = b.post(t, "c-1/renew", desktest.Lin)
		assert.Equal(t, http.StatusNoContent, got.Status)
		assert.Empty(t, got.Body)

		got = b.post(t, "c-1/decide", desktest.Lin, refusal...)
		assert.Equal(t, http.StatusSeeOther, got.Status)
		assert.Equal(t, []string{"决定已生效：不予上架"}, got.Told)
		assert.Equal(t, review.CaseDecided, b.Case(t, "c-1").State)

		after := b.get(t, "c-1", desktest.Lin)
		made := b.Case(t, "c-1").Decisions[0]
		decision := after.Tree.All("#decision-" + made.ID)[0].Text()
		for _, want := range []string{"不予上架", "已生效", "FI-01", desktest.Why, "林审核",
			"未上架 → 未上架", "已提交 → 未予上架"} {
			assert.Contains(t, decision, want)
		}
		assert.Len(t, after.Tree.All("#ledger tbody tr"), 2, "the decision and the letter")
		assert.Len(t, after.Tree.All("#letters a"), 1)
		assert.Contains(t, after.Tree.All("#history")[0].Text(), "审核中 → 已决定")
	})
}

func TestDropHoldAndResume(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		assert.Equal(t, []string{"已放弃领取"}, b.post(t, "c-1/drop", desktest.Lin).Told)
		got := b.post(t, "c-1/drop", desktest.Lin)
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.NotEmpty(t, problems(got, "#refused"))

		got = b.post(t, "c-1/move", desktest.Lin, "on", "hold", "note", "等待主管部门答复")
		assert.Equal(t, []string{"已完成：搁置"}, got.Told)
		held := b.get(t, "c-1", desktest.Zhou)
		assert.Equal(t, []string{"resume"}, ids(held))
		assert.Contains(t, held.Tree.All("#history")[0].Text(), "等待主管部门答复")

		got = b.post(t, "c-1/move", desktest.Lin, "rev", "0", "on", "resume")
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.True(t, has(got, "#stale"))

		for _, on := range []string{"", "decide", "scan-done", "settle", "hold"} {
			got = b.post(t, "c-1/move", desktest.Lin, "on", on)
			assert.Contains(t, []int{http.StatusConflict, http.StatusForbidden,
				http.StatusUnprocessableEntity}, got.Status, on)
			assert.Equal(t, review.CaseOnHold, b.Case(t, "c-1").State)
		}
	})
}

// TestNothingIsLostWhereADecisionIsRefused sends forms that lack something, and looks
// for what was filled in.
func TestNothingIsLostWhereADecisionIsRefused(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		form := []string{"measure", "suspend", "scope", "versions", "function", "x",
			"obligations", "LB-03", "articles", "dsp 99", "articles", "dsp 19(1)",
			"evidence", "finding:faceunity-nama", "evidence", "finding:none",
			"reason", "太短", "remedy_en", "fix it", "note", "内部的话", "working_days", "x7",
			"consequence", "remove"}
		for _, more := range [][]string{nil, {"check", "1"}} {
			got := b.post(t, "c-1/decide", desktest.Lin, append(more, form...)...)
			want := http.StatusUnprocessableEntity
			if more != nil {
				want = http.StatusOK
			}
			assert.Equal(t, want, got.Status)
			assert.Equal(t, []string{"没有说明暂停哪些版本"}, problems(got, "#f-scope"))
			assert.Equal(t, []string{"2026-11 版法规中没有条文 dsp 99"}, problems(got, "#f-grounds"))
			assert.Equal(t, []string{"案件中没有这项证据：检测发现 none"}, problems(got, "#f-evidence"))
			assert.Equal(t, []string{"理由过短，至少 10 个汉字"}, problems(got, "#f-reason"))
			assert.Equal(t, []string{"没有写明如何整改（中文）"}, problems(got, "#f-remedy"))
			assert.Equal(t, []string{"工作日数须为整数"}, problems(got, "#f-term"))
			assert.Contains(t, got.Tree.All("#missing")[0].Text(), "还有 6 处缺漏或者不符")
			assert.Len(t, got.Tree.All("#missing a"), 6)
			assertFilled(t, got)
		}
		assert.Empty(t, b.Case(t, "c-1").Decisions)
	})
}

func assertFilled(t *testing.T, got uitest.Answer) {
	t.Helper()
	var ticked []string
	for _, n := range got.Tree.All("#decide input[checked]") {
		ticked = append(ticked, n.Attr("name")+"="+n.Attr("value"))
	}
	assert.ElementsMatch(t, []string{"measure=suspend", "scope=versions", "obligations=LB-03",
		"evidence=finding:faceunity-nama"}, ticked)
	for name, want := range map[string]string{"reason": "太短", "remedy_en": "fix it",
		"note": "内部的话"} {
		assert.Equal(t, want, got.Tree.All("#decide textarea[name=" + name + "]")[0].Text())
	}
	var articles []string
	for _, n := range got.Tree.All("#decide input[name=articles]") {
		articles = append(articles, n.Attr("value"))
	}
	assert.Equal(t, []string{"dsp 99", "dsp 19(1)", ""}, articles)
	assert.Equal(t, "x7", got.Tree.All("#working_days")[0].Attr("value"))
	assert.Equal(t, "remove", got.Tree.All("#consequence option[selected]")[0].Attr("value"))
}

func TestCheckSaysWhatWillBeRecorded(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		got := b.post(t, "c-1/decide", desktest.Lin,
			append([]string{"check", "1", "working_days", "7"}, suspension...)...)
		assert.Equal(t, http.StatusOK, got.Status)
		assert.True(t, has(got, "#complete"))
		outcome := got.Tree.All("#outcome")[0].Text()
		for _, want := range []string{"暂停下载", "提请第二人审批", "FI-01", "证据 1 项",
			"期限 7 个工作日"} {
			assert.Contains(t, outcome, want)
		}
		assert.Empty(t, b.Case(t, "c-1").Decisions)

		got = b.post(t, "c-1/decide", desktest.Lin, "fill", "remedy", "measure", "suspend",
			"obligations", "FI-01", "obligations", "LB-03", "remedy_en", "mine")
		text := got.Tree.All("#remedy_zh")[0].Text()
		assert.True(t, strings.HasPrefix(text, "1. 开发者在互联网信息服务算法备案系统"), text)
		assert.Contains(t, text, " 2. ")
		assert.Equal(t, "mine", got.Tree.All("#decide textarea[name=remedy_en]")[0].Text())
		assert.False(t, has(got, ".problem"))
	})
}

func TestAStaleForm(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		on := b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		b.Pass(time.Hour) // the claim runs out, and another decides
		b.Claims(t, "c-1", desktest.Zhou)
		form := append([]string{"rev", strconv.Itoa(on.Rev)}, refusal...)
		got := b.post(t, "c-1/decide", desktest.Lin, form...)
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.True(t, has(got, "#stale"))
		assert.True(t, has(got, "#unheld"))
		said := strings.Join(problems(got, "#missing"), "\n")
		assert.Contains(t, said, "案件已被他人更改")
		assert.Contains(t, said, "案件已由 周审核 领取")
		assert.Equal(t, desktest.Why, got.Tree.All("#reason")[0].Text())
		assert.Equal(t, strconv.Itoa(b.Case(t, "c-1").Rev),
			got.Tree.All("#decide input[name=rev]")[0].Attr("value"))
		assert.Empty(t, b.Case(t, "c-1").Decisions)
	})
}

// TestWhoReadsHasNoForms shows every kind of case to those who only read.
func TestWhoReadsHasNoForms(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.AddApp(t, "b", review.AppUnlisted, "1.0", "submitted")
		b.Open(t, "waiting", "b/1.0")
		on := b.Claimed(t, "proposed", "a/1.0", desktest.Lin)
		p := desktest.Proposal(review.MeasureSuspend, review.ScopeDownloads)
		p.Note = "内部备注一则"
		_, err := b.Decide(t.Context(), on, p)
		require.NoError(t, err)
		for _, role := range []review.Role{review.RoleAuditor, review.RoleAdmin} {
			who := review.Actor{ID: "u-" + string(role), Name: "阅", Role: role}
			for _, id := range []string{"waiting", "proposed"} {
				got := b.get(t, id, who)
				assert.Equal(t, http.StatusOK, got.Status)
				assert.Empty(t, ids(got), "%s %s", role, id)
				assert.NotEmpty(t, got.Tree.All("#checks .item"))
			}
			assert.Contains(t, b.get(t, "proposed", who).Body, "内部备注一则")
		}
		maker := b.get(t, "proposed", desktest.Maker)
		assert.NotContains(t, maker.Body, "内部备注一则")
		assert.NotContains(t, maker.Body, "林审核")
		assert.False(t, has(maker, "#decide"))
	})
}

func TestOnlySeniorsActAtOnce(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		assert.False(t, has(b.get(t, "c-1", desktest.Lin), "#decide [name=emergency]"))
		got := b.post(t, "c-1/decide", desktest.Lin,
			append([]string{"emergency", "yes"}, suspension...)...)
		assert.Equal(t, http.StatusForbidden, got.Status)
		assert.Contains(t, strings.Join(problems(got, "#missing"), ""), "紧急处置")
		assert.True(t, has(got, "#decide [name=emergency][checked]"), "what was sent is kept")

		require.NoError(t, b.Drop(t.Context(), "c-1", desktest.Lin))
		b.Claims(t, "c-1", desktest.Chen)
		assert.True(t, has(b.get(t, "c-1", desktest.Chen), "#decide [name=emergency]"))
	})
}

func TestRescan(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		b.Open(t, "c-1", "a/1.0", func(c *review.Case) { c.State = review.CaseScanFailed })
		assert.Contains(t, ids(b.get(t, "c-1", desktest.Lin)), "rescan")
		assert.Equal(t, []string{"已重新排队检测"}, b.post(t, "c-1/rescan", desktest.Lin).Told)
		assert.Equal(t, 1, b.scans.asked)
		b.scans.err = &review.TransitionError{Of: "case", From: "waiting",
			On: review.EventScanStarted}
		got := b.post(t, "c-1/rescan", desktest.Lin)
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.NotEmpty(t, problems(got, "#refused"))
	})
}
