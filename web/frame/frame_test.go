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

// inMain is a template with nothing beside its main part.
func inMain(main string) string {
	return `{{define "title"}}{{end}}{{define "main"}}` + main + `{{end}}`
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
		{"chinese", `{{chinese "AI换脸"}} {{chinese "AI"}}`, "true false", "true false"},
		{"size", `{{size 1572864}}`, "1.5 MiB", "1.5 MiB"},
		{"clip", `{{clip 2 "你好吗"}}`, "你好…", "你好…"},
		{"role", `{{text .Role}}`, "高级审核员", "senior reviewer"},
		{"route", `{{template "badge" (route .Route)}}`, "义务未满足", "blocked"},
		{"state", `{{template "badge" (state .State)}}`, "检测失败", "scan failed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := page(inMain(`<p id="x">`+c.template+`</p>`), view)
			for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
				got := uitest.Go(t, p, uitest.Visit{Path: "/", Lang: lang})
				require.NoError(t, got.Err)
				assert.Equal(t, want, got.Tree.All("#x")[0].Text(), lang)
			}
		})
	}
}

func TestDeadlinesEndTheirDay(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 11, 26, 16, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		midnight: "2026-11-26", midnight.Add(time.Minute): "2026-11-27 00:01", {}: "—",
	} {
		got := uitest.Go(t, page(inMain(`<p>{{by .}}</p>`), at), uitest.Visit{Path: "/"})
		assert.Equal(t, want, got.Tree.All("main p")[0].Text())
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		field ui.Field
		want  string // a selector that finds it
		not   string // one that finds nothing
	}{
		{"text", ui.Field{Name: "a", Label: "状态", Value: `"<em>`},
			"input#a[type=text][autocomplete=off]", "em"},
		{"password_is_never_filled", ui.Field{Name: "a", Label: "状态", Type: "password",
			Value: "secret", Fill: "current-password"},
			"input[type=password][autocomplete=current-password]", "input[value]"},
		{"wrong", ui.Field{Name: "a", Label: "状态", Problems: []string{"<em>no"}, Required: true},
			".wrong input[aria-invalid=true][aria-describedby=a-wrong][required]", "em"},
		{"hint", ui.Field{Name: "a", Label: "状态", Hint: "语言", Type: "textarea", Value: "\nx"},
			"textarea[aria-describedby=a-hint][rows=4]", ".problems"},
		{"select", ui.Field{Name: "a", Label: "状态", Type: "select",
			Options: []ui.Option{{Value: "1", Label: "x"}, {Value: "2", Label: "y", Chosen: true}}},
			"select#a option[value=2][selected]", "option[value=1][selected]"},
		{"radio", ui.Field{Name: "a", Label: "状态", Type: "radio", Required: true,
			Options: []ui.Option{{Value: "1", Label: "x", Hint: "z", Chosen: true}}},
			"fieldset input[type=radio][name=a][checked][required]", "label[for=a]"},
		{"checks", ui.Field{Name: "a", Label: "状态", Type: "checks", Required: true,
			Options: []ui.Option{{Value: "1", Label: "x"}}},
			"fieldset input[type=checkbox]", "input[required]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Go(t, page(inMain(`<section>{{template "field" .}}</section>`), c.field),
				uitest.Visit{Path: "/"})
			require.NoError(t, got.Err)
			main := got.Tree.All("main section")[0]
			assert.Len(t, main.All(c.want), 1, got.Body)
			assert.Empty(t, main.All(c.not))
			assert.Contains(t, main.Text(), "状态")
		})
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, template string
		view           any
		want           string
		count          int
	}{
		{"problems", `{{template "problems" .}}`, []string{"a", "<em>"},
			".notice.bad[role=alert] li", 2},
		{"no_problems", `{{template "problems" .}}`, []string(nil), ".notice", 0},
		{"paging", `{{template "paging" .}}`, ui.Paging{First: "/x", Next: "/y?after=1"},
			".paging a", 2},
		{"no_paging", `{{template "paging" .}}`, ui.Paging{}, ".paging", 0},
		{"tabs", `{{template "tabs" .}}`, []ui.Tab{
			{Label: "a", URL: "/a", Count: "9+", Current: true}, {Label: "b", URL: "/b"},
		}, ".tabs a[aria-current=page] .count", 1},
		{"notice", `{{template "notice" (badge "warn" .)}}`, "x", ".notice.warn", 1},
		{"empty", `{{template "empty" .}}`, "x", ".empty p", 1},
		{"several", `{{with map "a" . "b" 2}}<p class="x{{.b}}">{{.a}}</p>{{end}}`, "1", "p.x2", 1},
		{"address_of_a_script", `<a class="x" href="{{.}}">x</a>`, "javascript:alert(1)",
			"a.x[href=javascript:alert(1)]", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Go(t, page(inMain(`<section>`+c.template+`</section>`), c.view),
				uitest.Visit{Path: "/"})
			require.NoError(t, got.Err)
			assert.Len(t, got.Tree.All("section")[0].All(c.want), c.count, got.Body)
			assert.Empty(t, got.Tree.All("em"))
		})
	}
}

func TestTemplatesRefuse(t *testing.T) {
	t.Parallel()
	for name, template := range map[string]string{
		"a_text_that_is_no_sentence": `{{t .}}`, "odd_pairs": `{{map "a"}}`,
		"no_name": `{{map 1 2}}`, "no_asset": `{{asset "none.css"}}`, "no_list": `{{texts .}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Go(t, page(inMain(template), "x"), uitest.Visit{Path: "/"})
			assert.Error(t, got.Err)
			assert.Empty(t, got.Body, "nothing is written by half")
		})
	}
}
