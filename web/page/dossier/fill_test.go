package dossier_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/web/page/dossier"
	"github.com/listgate/listgate/web/ui/uitest"
)

// fills sends the form of a dossier to be filled in.
func fills(t *testing.T, d desk.Dossier, pairs ...string) uitest.Answer {
	t.Helper()
	who, one, form := desktest.Lin, only{shown: d}, url.Values{"rev": {"4"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	got := uitest.Go(t, dossier.New(one, one, one), uitest.Visit{Method: http.MethodPost,
		Path: "/cases/c-1/decide", Form: form, Who: &who})
	require.NoError(t, got.Err)
	require.Equal(t, http.StatusOK, got.Status)
	return got
}

// ticked lists what is chosen in the form.
func ticked(a uitest.Answer) []string {
	var out []string
	for _, n := range a.Tree.All("#decide input[checked]") {
		out = append(out, n.Attr("name")+"="+n.Attr("value"))
	}
	return out
}

// TestWhatTheReportSaysIsFilledIn adopts the suggestion beside what is filled in, and
// writes the results of the chosen checks as a reason.
func TestWhatTheReportSaysIsFilledIn(t *testing.T) {
	t.Parallel()
	d := dossierOf(t, "faceswap-android", "zh", declared)
	assert.Contains(t, says(t, show(t, d, "zh"), "#adopt"), "采用检测建议：不予上架")
	got := fills(t, d, "fill", "suggestion", "measure", "list", "obligations", "FI-01")
	want := []string{"measure=refuse", "obligations=FI-01"}
	for _, id := range d.Report.Suggestion.Obligations {
		want = append(want, "obligations="+id, "evidence=check:"+id)
	}
	assert.ElementsMatch(t, want, ticked(got))

	got = fills(t, d, "fill", "reason", "obligations", "SA-02", "reason", "我的话")
	assert.Regexp(t, `^我的话 生成或编辑人脸.*：.*。$`, says(t, got, "#reason"))
	got = fills(t, d, "fill", "reason", "reason", "我的话")
	assert.Equal(t, []string{"没有可填入的核验结果，请先选择依据"}, problems(got, "#f-reason"))
	assert.Equal(t, "我的话", says(t, got, "#reason"))
}

// TestAListingIsFilledInWhereNothingIsFound offers it on a clear report alone.
func TestAListingIsFilledInWhereNothingIsFound(t *testing.T) {
	t.Parallel()
	d := dossierOf(t, "plain-android", "zh", "")
	d.Report.Route, d.Report.Suggestion.Measure = review.Clear, ""
	assert.Contains(t, says(t, show(t, d, "zh"), "#adopt"), "填入准予上架")
	got := fills(t, d, "fill", "suggestion")
	assert.Contains(t, ticked(got), "measure=list")
	assert.Contains(t, ticked(got), "evidence=route:clear")
	assert.Equal(t, review.ArticleOfListing,
		got.Tree.All("#decide input[name=articles]")[0].Attr("value"))
	got = fills(t, d, "fill", "reason", "measure", "list")
	assert.Contains(t, says(t, got, "#reason"), "没有发现深度合成能力")
	d.Report.Gaps = []report.Gap{{Where: "classes.dex", Why: "内容损坏"}}
	got = fills(t, d, "fill", "reason", "measure", "list")
	assert.Empty(t, says(t, got, "#reason"), "what was not read is not clean")

	d.Report.Route = review.Review
	assert.Empty(t, show(t, d, "zh").Tree.All("#adopt"))
	assert.Empty(t, ticked(fills(t, d, "fill", "suggestion")))
}
