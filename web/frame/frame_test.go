package frame_test

import (
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
	"github.com/listgate/listgate/web/ui/uitest"
)

// page shows a view with one template.
func page(template string, view any) ui.Page {
	return ui.Page{
		Name:  "sample",
		Files: fstest.MapFS{"page.html": {Data: []byte(template)}},
		Routes: []ui.Route{{Method: http.MethodGet, Path: "/", Do: func(r *ui.Request) error {
			return r.Show(http.StatusOK, "page.html", view)
		}}},
	}
}

func TestFrameAroundAPage(t *testing.T) {
	t.Parallel()
	got := uitest.Go(t, page(`{{define "title"}}<b>{{end}}{{define "main"}}<h1>{{.}}</h1>{{end}}`,
		"<em>x</em>"), uitest.Visit{Path: "/"})
	require.NoError(t, got.Err)
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Equal(t, "zh-CN", got.Tree.All("html")[0].Attr("lang"))
	assert.Equal(t, "<em>x</em>", got.Tree.All("main h1")[0].Text())
	assert.Empty(t, got.Tree.All("main em"))
	assert.NotEmpty(t, got.Tree.All("a.skip[href=#main]"))
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	view := map[string]any{
		"At":  time.Date(2026, 11, 26, 16, 30, 0, 0, time.UTC),
		"Sum": "0123456789abcdef0123456789abcdef", "Bidi": "a\u202eb",
		"Route": review.Blocked, "State": review.CaseScanFailed, "Role": review.RoleSenior,
	}
	cases := []struct{ name, template, zh, en string }{
		{"when", `{{when .At}}`, "2026-11-27 00:30", "2026-11-27 00:30"},
		{"digest", `{{digest .Sum}}`, "0123456789ab…", "0123456789ab…"},
		{"visible", `{{visible .Bidi}}`, "a⟨U+202E⟩b", "a⟨U+202E⟩b"},
		{"size", `{{size 1572864}}`, "1.5 MiB", "1.5 MiB"},
		{"clip", `{{clip 2 "你好吗"}}`, "你好…", "你好…"},
		{"role", `{{text .Role}}`, "高级审核员", "senior reviewer"},
		{"route", `{{template "badge" (route .Route)}}`, "义务未满足", "blocked"},
		{"state", `{{template "badge" (state .State)}}`, "检测失败", "scan failed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := page(`{{define "title"}}{{end}}{{define "main"}}<p id="x">`+c.template+
				`</p>{{end}}`, view)
			for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
				got := uitest.Go(t, p, uitest.Visit{Path: "/", Lang: lang})
				require.NoError(t, got.Err)
				assert.Equal(t, want, got.Tree.All("#x")[0].Text(), lang)
			}
		})
	}
}
