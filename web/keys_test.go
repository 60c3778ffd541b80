package web_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/browser"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

// tabTo presses Tab until the element has the focus.
func tabTo(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for range 120 {
			if err := chromedp.KeyEvent(kb.Tab).Do(ctx); err != nil {
				return err
			}
			var there bool
			if err := chromedp.Evaluate(fmt.Sprintf("document.activeElement.matches(%q)",
				selector), &there).Do(ctx); err != nil || there {
				return err
			}
		}
		return fmt.Errorf("tab to %s: it never has the focus", selector)
	})
}

func write(text string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return input.InsertText(text).Do(ctx)
	})
}

// sendKeys is Ctrl+Enter.
func sendKeys() chromedp.Action {
	return chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(input.ModifierCtrl))
}

// TestDecideByKeys claims a case, cites evidence, is refused, changes the language and
// decides without a mouse. Nothing that was written is lost on the way, and the form is
// refused in place.
func TestDecideByKeys(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		h.Open(t, "c-1", "a/1.0")
		tab := h.tab(t)
		var measure, reason, focus, beforeLang string
		var cited, bottom int
		require.NoError(t, tab.Run(chromedp.Navigate(h.url+"/cases"), chromedp.KeyEvent("j"),
			chromedp.KeyEvent("c"), chromedp.WaitVisible("#decide"),
			chromedp.Evaluate(`Math.round(document.querySelector("#submit-decision")
				.getBoundingClientRect().bottom)`, &bottom),
			chromedp.KeyEvent("j"), chromedp.KeyEvent("x"),
			chromedp.Evaluate(`document.querySelectorAll("[name=evidence]:checked").length`,
				&cited),
			chromedp.KeyEvent("d"), tabTo("[name=measure]"), chromedp.KeyEvent(kb.ArrowDown),
			chromedp.KeyEvent(kb.ArrowDown), tabTo("#reason"), write("太短"), sendKeys(),
			chromedp.WaitVisible("#missing"),
			chromedp.Evaluate(`document.activeElement.id`, &focus)))
		assert.LessOrEqual(t, int64(bottom), browser.Wide.Height, "the buttons are in sight")
		assert.Equal(t, 1, cited)
		assert.Equal(t, "missing", focus, "what is wrong has the focus")

		require.NoError(t, tab.Run(tabTo("[name=articles]"), write("dsp 19(1)"),
			tabTo("#reason"), write(desktest.Why),
			chromedp.Evaluate(`document.documentElement.lang`, &beforeLang),
			browser.Press("button[name=lang][value=en]"),
			chromedp.WaitVisible("html[lang=en] #reason"),
			chromedp.Value("#reason", &reason),
			chromedp.Evaluate(`document.querySelector("[name=measure]:checked").value`, &measure)))
		assert.Equal(t, "zh-CN", beforeLang)
		assert.Contains(t, reason, desktest.Why, "what was written is there in the other language")
		assert.Equal(t, "refuse", measure)

		require.NoError(t, tab.Run(chromedp.KeyEvent("d"), tabTo("#reason"), sendKeys(),
			chromedp.WaitVisible("#decisions")))
		made := h.Case(t, "c-1").Decisions
		require.Len(t, made, 1)
		assert.Equal(t, review.MeasureRefuse, made[0].Measure)
		assert.Equal(t, []string{"dsp 19(1)"}, made[0].Grounds.Articles)
	})
}

// TestUnsentFormsAreGuarded asks before another form of the page takes one away that
// is half filled, and does not ask once it is empty of what a person wrote.
func TestUnsentFormsAreGuarded(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		h.Open(t, "c-1", "a/1.0")
		tab := h.tab(t)
		const leaving = `(() => { const e = new Event("beforeunload", { cancelable: true });
			return !window.dispatchEvent(e) })()`
		const drop = `document.querySelector("#drop").dispatchEvent(
			new SubmitEvent("submit", { bubbles: true, cancelable: true }))`
		var clean, written, other bool
		require.NoError(t, tab.Run(chromedp.Navigate(h.url+"/cases/c-1"),
			chromedp.KeyEvent("c"), chromedp.WaitVisible("#decide"),
			chromedp.Evaluate(leaving, &clean),
			chromedp.Focus("#reason"), write("理由"), chromedp.Evaluate(leaving, &written),
			chromedp.Evaluate(drop, nil), chromedp.Evaluate(leaving, &other)))
		assert.False(t, clean)
		assert.True(t, written)
		assert.True(t, other, "another form of the page does not send this one")
	})
}
