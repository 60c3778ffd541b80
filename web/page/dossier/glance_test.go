package dossier_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

// TestHeldBackIsNoFailure names what keeps a case from being listed, and never says
// that its scan failed.
func TestHeldBackIsNoFailure(t *testing.T) {
	t.Parallel()
	d := dossierOf(t, "plain-android", "zh", "")
	d.Case.Place, d.Case.Claim = review.Place{State: review.CaseScanFailed}, review.Claim{}
	d.Case.Rival = "c-0"
	d.Submission.Scan = &review.Scan{Facts: "x", Failure: analyzer.Text{ZH: "同一版本"}}
	d.History = []review.Entry{{On: review.EventScanStarted}, {On: review.EventScanFailed}}
	got := show(t, d, "zh")
	assert.Contains(t, says(t, got, "h1"), "同一版本另案待决")
	assert.Contains(t, says(t, got, "#history"), "同一版本另案待决")
	assert.NotContains(t, got.Tree.All("main")[0].Text(), "检测失败")
	assert.Len(t, got.Tree.All(`#rival a[href="/cases/c-0"]`), 1)
	d.Case.Rival = ""
	got = show(t, d, "zh")
	assert.Contains(t, says(t, got, "h1"), "检测失败")
	assert.Contains(t, says(t, got, "#history"), "检测失败")
}

// TestWhyACaseIsHereAgain shows what a person said last, until something is decided.
func TestWhyACaseIsHereAgain(t *testing.T) {
	t.Parallel()
	appeal := review.Entry{On: review.EventAppeal, By: desktest.Maker, Note: "已取得备案"}
	claim := review.Entry{On: review.EventClaim, By: desktest.Lin}
	cases := []struct {
		name    string
		state   review.CaseState
		history []review.Entry
		want    string
	}{
		{"appeal", review.CaseClaimed, []review.Entry{{On: "refuse", Decision: "d"}, appeal, claim},
			"申诉 示例公司 — 已取得备案"},
		{"decided_since", review.CaseReopened, []review.Entry{appeal, {On: "list", Decision: "d"}},
			""},
		{"nothing_to_do", review.CaseClosed, []review.Entry{appeal}, ""},
		{"first_time", review.CaseClaimed, []review.Entry{claim}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := dossierOf(t, "plain-android", "zh", "")
			d.Case.State, d.History = c.state, c.history
			found := show(t, d, "zh").Tree.All("#why")
			if c.want == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, c.want, found[0].Text())
		})
	}
}

// TestMuchIsFolded shows the beginning of long lists, and the rest folded.
func TestMuchIsFolded(t *testing.T) {
	t.Parallel()
	d := dossierOf(t, "faceswap-android", "zh", "")
	first := d.Report.Findings[0]
	first.Evidence = append(first.Evidence, first.Evidence...)
	d.Report.Findings = nil
	for i := range 300 {
		first.Rule = "rule-" + strconv.Itoa(i)
		d.Report.Findings = append(d.Report.Findings, first)
	}
	got := show(t, d, "zh")
	assert.Len(t, got.Tree.All("#findings .item"), 200)
	assert.Len(t, got.Tree.All("#findings details.rest .item"), 188)
	assert.Contains(t, says(t, got, "#findings"), "其余 188 项")
	assert.Contains(t, says(t, got, "#findings"), "另有 100 项未显示")
	evidence := got.Tree.All("#finding-rule-0 li")
	assert.Len(t, got.Tree.All("#finding-rule-0 details.rest li"), len(evidence)-4)
}
