package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/reporttest"
)

// hostile is what packages and people write to be taken for something else: markup,
// characters that turn the line around, templates, formats.
const hostile = "<em>x</em>\u202e\u2066\"'><script>alert(1)</script><img src=x onerror=y>" +
	"{{.}}%s%!d&lt;\u200b"

// long is hostile, and 10 kB of it.
var long = strings.Repeat(hostile, 10_000/len(hostile)+1)

// TestEveryPageShowsAnyCase opens every page on a case without anything, on one with
// all, and on one that is hostile.
func TestEveryPageShowsAnyCase(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		emptyCase(t, h)
		h.AddApp(t, "full", review.AppUnlisted, "1.0", "submitted")
		on := h.Claimed(t, "full-1", "full/1.0", desktest.Lin)
		_, err := h.Decide(t.Context(), on, desktest.Proposal(review.MeasureRefuse, ""))
		require.NoError(t, err)
		h.AddApp(t, "warned", review.AppListed, "1.0", "listed", "1.1", "submitted")
		h.Claimed(t, "full-2", "warned/1.1", desktest.Zhou)
		hostileCase(t, h)
		for _, role := range []review.Role{review.RoleSenior, review.RoleAuditor} {
			b := h.as(t, role)
			asked := map[string]bool{}
			for _, lang := range []string{"zh", "en"} {
				require.Equal(t, http.StatusSeeOther,
					b.post(t, "/language", url.Values{"lang": {lang}}).StatusCode)
				for route, paths := range everyPage(t, h) {
					for _, path := range paths {
						asked[route] = true
						checkPage(t, b.get(t, path), lang)
					}
				}
			}
			for _, p := range h.pages {
				for _, r := range p.Routes {
					if r.Method == http.MethodGet && !r.Open {
						assert.True(t, asked[r.Path], "no address of %s was opened", r.Path)
					}
				}
			}
		}
	})
}

// everyPage lists addresses of every page, by route.
func everyPage(t *testing.T, h *house) map[string][]string {
	t.Helper()
	q := url.QueryEscape(hostile)
	out := map[string][]string{
		"/cases": {"/cases", "/cases?tab=mine", "/cases?tab=approve", "/cases?tab=awaiting",
			"/cases?tab=processing", "/cases?tab=decided", "/cases?text=" + q, "/cases?text=none",
			"/cases?tab=" + q + "&route=" + q, "/cases?route=blocked"},
		"/upload":          {"/upload"},
		"/registry":        {"/registry", "/registry?q=" + q},
		"/registry/row":    {"/registry/row?series=algorithm&number=" + q},
		"/registry/held":   {"/registry/held"},
		"/registry/import": {"/registry/import"},
	}
	for _, id := range []string{"empty-1", "full-1", "full-2", "hostile-1", "hostile-2"} {
		at := "/cases/" + id
		out["/cases/:id"] = append(out["/cases/:id"], at)
		d, err := h.Dossier(t.Context(), desktest.Chen, id, "zh")
		require.NoError(t, err)
		for _, l := range d.Letters {
			letter := at + "/letters/" + l.ID
			for _, form := range []string{"", "/zh.txt", "/en.txt"} {
				route := "/cases/:id/letters/:letter" + form
				out[route] = append(out[route], letter+form)
			}
		}
		for _, e := range d.Ledger {
			entry := at + "/ledger/" + strconv.FormatInt(e.Seq, 10)
			out["/cases/:id/ledger/:seq"] = append(out["/cases/:id/ledger/:seq"], entry)
			out["/cases/:id/ledger/:seq/proof"] = []string{entry + "/proof"}
		}
	}
	return out
}

// checkPage holds an answer to what every page is.
func checkPage(t *testing.T, got answer, lang string) {
	t.Helper()
	at := lang + " " + got.Request.URL.Path
	if got.StatusCode == http.StatusForbidden || got.StatusCode == http.StatusNotFound &&
		(strings.HasSuffix(at, "/registry/row") || strings.HasSuffix(at, "/proof")) {
		return // no such row, and an office without a notary
	}
	if !assert.Equal(t, http.StatusOK, got.StatusCode, "%s: %.2000s", at, got.body) ||
		!strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		return
	}
	tags := map[string]string{"zh": "zh-CN", "en": "en"}
	assert.Equal(t, tags[lang], got.lang(), at)
	assert.Len(t, got.tree.All("h1"), 1, at)
	assert.NotEmpty(t, strings.TrimSpace(got.tree.All("title")[0].Text()), at)
	assert.Empty(t, got.tree.All("em"), "%s: what a package says became markup", at)
	assert.Empty(t, got.tree.All("img"), at)
	assert.Len(t, got.tree.All("script"), len(got.tree.All("head script")), at)
	for _, s := range got.tree.All("script") {
		assert.NotEmpty(t, s.Attr("src"), "%s: a script stands in the page", at)
	}
	assert.Empty(t, got.tree.All("[style]"), "%s: the policy forbids it", at)
	shown := got.tree.Text() // what a person typed stands in fields as it was typed
	for _, c := range []string{"\u202e", "\u2066", "\u200b"} {
		if before, _, found := strings.Cut(shown, c); found {
			t.Errorf("%s: %q turns what stands around it: …%s", at, c,
				before[max(0, len(before)-300):])
		}
	}
	for _, broken := range []string{"%!d(", "%!s(", "ZgotmplZ", "<no value>", "&lt;nil&gt;"} {
		assert.NotContains(t, got.body, broken, at)
	}
	checkParts(t, got, at)
}

// checkParts looks at what people need who do not see the page, or have no mouse.
func checkParts(t *testing.T, got answer, at string) {
	t.Helper()
	ids := map[string]bool{}
	for _, n := range got.tree.All("[id]") {
		assert.False(t, ids[n.Attr("id")], "%s: two have the id %s", at, n.Attr("id"))
		ids[n.Attr("id")] = true
	}
	for _, n := range got.tree.All("label[for]") {
		assert.True(t, ids[n.Attr("for")], "%s: the label of %s has no control", at, n.Attr("for"))
	}
	for _, table := range got.tree.All("table") {
		assert.NotEmpty(t, table.All("th"), "%s: a table has no heads", at)
	}
	for _, control := range append(got.tree.All("main textarea"), got.tree.All("main select")...) {
		labelled := control.Parent.Data == "label" || control.Attr("aria-label") != "" ||
			len(got.tree.All(`label[for=`+control.Attr("id")+`]`)) > 0
		assert.True(t, labelled, "%s: %s %s has no label", at, control.Data, control.Attr("name"))
	}
	for _, b := range append(got.tree.All("button"), got.tree.All("a[href]")...) {
		assert.NotEmpty(t, b.Text()+b.Attr("aria-label"), "%s: a %s says nothing", at, b.Data)
	}
}

// emptyCase opens a case of which nothing is known yet.
func emptyCase(t *testing.T, h *house) {
	t.Helper()
	now := h.Time()
	require.NoError(t, h.Cases.Open(t.Context(), review.Case{
		ID: "empty-1", Stage: review.StageSubmission, Origin: review.OriginSubmission,
		Place: review.Place{State: review.CaseReceived}, Times: review.Times{Opened: now},
	}, review.Entry{At: now, By: desktest.Robot, On: review.EventOpen, To: review.CaseReceived}))
	require.NoError(t, h.Submissions.Add(t.Context(), review.Submission{ID: "s-empty",
		Case: "empty-1", File: "x", SHA256: strings.Repeat("0", 64), By: desktest.Maker,
		Received: now}))
}

// hostileCase opens two cases whose every text is hostile; one is decided.
func hostileCase(t *testing.T, h *house) {
	t.Helper()
	ctx := t.Context()
	name := strings.ToValidUTF8(long[:3000], "")
	require.NoError(t, h.Apps.Add(ctx, review.App{ID: "hostile", Package: hostile, Name: name,
		Provider: name, Standing: review.Standing{State: review.AppUnlisted}},
		review.Release{ID: "hostile/1", App: "hostile", Platform: review.Android,
			Version: hostile, State: review.ReleaseSubmitted},
		review.Release{ID: "hostile/2", App: "hostile", Platform: review.IOS, Version: name,
			State: review.ReleaseSubmitted}))
	scan := review.Scan{At: h.Time(), Reports: map[string]string{},
		Failure: analyzer.Text{ZH: hostile, EN: hostile}}
	for _, lang := range []string{"zh", "en"} {
		scan.Reports[lang] = h.Put(t, spoilt(t, reporttest.Document(t, desktest.Fixture, lang, "")))
	}
	who := desktest.Lin
	who.Name = hostile
	for _, n := range []string{"1", "2"} {
		h.Open(t, "hostile-"+n, "hostile/"+n, func(c *review.Case) {
			c.Made.Snapshots = []review.SnapshotRef{{Source: hostile, Published: hostile}}
		})
		require.NoError(t, h.Submissions.Scanned(ctx, "hostile-"+n, scan))
		h.Claims(t, "hostile-"+n, who)
	}
	p := desktest.Proposal(review.MeasureRefuse, "")
	p.Reason = desktest.Why + strings.ToValidUTF8(long[:600], "")
	p.Note = hostile
	if _, err := h.Decide(ctx, h.As(t, "hostile-1", who), p); err != nil {
		var refusal *review.Refusal // what hides a character may be refused: say it plainly
		require.ErrorAs(t, err, &refusal)
		p.Reason = desktest.Why + strings.Repeat(`<em>x</em>"'>{{.}}%s%!d&lt;`, 20)
		p.Note = ""
		_, err = h.Decide(ctx, h.As(t, "hostile-1", who), p)
		require.NoError(t, err)
	}
}

// spoilt is a report whose texts from the package are hostile, and long.
func spoilt(t *testing.T, d *report.Document) any {
	t.Helper()
	text, err := json.Marshal(d)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(text, &tree))
	return spoil("", tree)
}

// words are the keys of a report under which a package speaks.
var words = map[string]bool{"what": true, "where": true, "path": true, "zh": true,
	"en": true, "subject": true, "number": true, "label_texts": true, "links": true, "name": true,
	"architecture": true, "inputs": true, "outputs": true, "vendor": true, "version": true,
	"features": true, "permissions": true, "coverage": true, "source": true}

func spoil(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			switch {
			case k == "rules" || k == "law" || k == "remedy": // which are ours
			case key == "package" && k == "id":
				v[k] = hostile
			default:
				v[k] = spoil(k, one)
			}
		}
		return v
	case []any:
		for i, one := range v {
			v[i] = spoil(key, one)
		}
		return v
	case string:
		switch {
		case key == "what":
			return long
		case words[key]:
			return hostile
		}
		return v
	}
	return v
}
