package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/browser"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// waits is a page that waits, and keeps a claim until it is lost.
type waits struct{ asked, beats atomic.Int32 }

func (w *waits) page() ui.Page {
	return ui.Page{Name: "waits", Files: fstest.MapFS{"page.html": {Data: []byte(
		`{{define "title"}}x{{end}}{{define "main"}}` +
			`<form method="post" action="/beat" data-heartbeat="1"></form>` +
			`{{if .}}<p data-refresh="2">…</p>{{else}}<p id="done">ok</p>{{end}}{{end}}`,
	)}}, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/waits", Do: func(r *ui.Request) error {
			return r.Show(http.StatusOK, "page.html", w.asked.Add(1) < 2)
		}},
		{Method: http.MethodPost, Path: "/beat", Do: func(r *ui.Request) error {
			if w.beats.Add(1) > 2 {
				return review.ErrConflict
			}
			r.Status(http.StatusNoContent)
			return nil
		}},
	}}
}

// tab opens a browser in which a senior person is signed in.
func (h *house) tab(t *testing.T) *browser.Tab {
	t.Helper()
	h.account(t, "chen", review.RoleSenior)
	tab, end, err := browser.Open(t.Context(), h.url, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(end)
	require.NoError(t, tab.SignIn("chen", phrase))
	return tab
}

func TestScript(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		w := &waits{}
		h := open(t, db, w.page())
		for i := range 3 {
			id := fmt.Sprintf("app%d", i)
			h.AddApp(t, id, review.AppUnlisted, "1.0", "submitted")
			h.Open(t, "case-"+id, id+"/1.0")
		}
		tab := h.tab(t)

		const chosen = `[...document.querySelectorAll("[data-row]")].findIndex(
			(r) => r.classList.contains("chosen") && r.contains(document.activeElement))`
		var row int
		var open bool
		require.NoError(t, tab.Run(chromedp.Navigate(h.url+"/cases"), chromedp.KeyEvent("j"),
			chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("j"),
			chromedp.KeyEvent("k"), chromedp.Evaluate(chosen, &row),
			chromedp.KeyEvent("?"),
			chromedp.Evaluate(`document.getElementById("keys").open`, &open),
			chromedp.KeyEvent("?")))
		assert.Equal(t, 1, row, "j goes down to the last, k up again")
		assert.True(t, open, "? shows the keys")

		require.NoError(t, tab.Run(chromedp.KeyEvent("c"), chromedp.WaitVisible("#head"),
			chromedp.Navigate(h.url+"/cases?tab=mine")))
		mine, err := tab.Text("tbody")
		require.NoError(t, err)
		assert.Contains(t, mine, "app1", "c claims the row")

		require.NoError(t, tab.Run(chromedp.Navigate(h.url+"/waits"),
			chromedp.WaitVisible("#done"), chromedp.WaitVisible(".told .bad")))
		lost, err := tab.Text(".told")
		require.NoError(t, err)
		assert.Contains(t, lost, "领取已失效")
		assert.EqualValues(t, 2, w.asked.Load(), "what has come is not asked for again")
	})
}

// TestPagesFit opens pages in each language in a wide and a narrow window: nothing is
// wider than it, and the browser has nothing to say, above all not of the policy.
func TestPagesFit(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		emptyCase(t, h)
		hostileCase(t, h)
		tab := h.tab(t)
		for _, lang := range []string{"zh", "en"} {
			require.NoError(t, tab.Run(chromedp.Navigate(h.url+"/registry"),
				browser.Press("button[name=lang][value="+lang+"]")))
			for _, path := range []string{"/cases", "/cases?tab=decided", "/cases/empty-1",
				"/cases/hostile-1", "/cases/hostile-2", "/upload", "/registry", "/registry/held",
				"/nowhere"} {
				for _, size := range []browser.Size{browser.Wide, browser.Narrow} {
					fits(t, tab, h.url+path, size)
				}
			}
		}
	})
}

// fits opens an address in a window.
func fits(t *testing.T, tab *browser.Tab, address string, size browser.Size) {
	t.Helper()
	said := &record{}
	var width int64
	require.NoError(t, tab.Run(chromedp.Tasks{
		chromedp.ActionFunc(func(ctx context.Context) error {
			chromedp.ListenTarget(ctx, func(event any) {
				if e, ok := event.(*log.EventEntryAdded); ok {
					_, _ = said.Write([]byte(e.Entry.Text))
				}
			})
			return log.Enable().Do(ctx)
		}),
		browser.Resize(size), chromedp.Navigate(address),
		chromedp.Evaluate(`document.documentElement.scrollWidth`, &width),
		log.Disable(),
	}), address)
	assert.LessOrEqual(t, width, size.Width, address)
	if !strings.HasSuffix(address, "/nowhere") { // which says 404
		assert.Empty(t, said.String(), address)
	}
}
