package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

func TestApps(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a, releases := h.listedApp(t, "换脸相机", "com.example.swap")
		got, err := h.Apps().App(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(a, got))
		for _, p := range []review.Platform{review.Android, review.IOS} {
			got, err = h.Apps().Named(t.Context(), "com.example.swap", p)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(a, got))
		}
		all, err := h.Apps().Releases(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(releases, all))

		gone := review.Release{ID: h.id("r"), App: a.ID, Platform: review.Android,
			Version: "1.11", State: review.ReleaseWithdrawn}
		next := review.Release{ID: h.id("r"), App: a.ID, Platform: review.Android,
			Version: "1.12", State: review.ReleaseSubmitted}
		again := a
		again.Name = "别名"
		require.NoError(t, h.Apps().Add(t.Context(), again, gone, next))
		all, err = h.Apps().Releases(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(append(releases, next), all), "but those that ended")
		kept, err := h.Apps().Release(t.Context(), gone.ID)
		require.NoError(t, err)
		assert.Equal(t, gone, kept)
		got, err = h.Apps().App(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Equal(t, "换脸相机", got.Name, "an application that is there stays as it is")
	})
}

func TestAppsRefuse(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a, releases := h.listedApp(t, "换脸相机", "com.example.swap")
		other := review.App{ID: "a-other", Package: a.Package, Name: "仿冒"}
		release := review.Release{ID: "r-other", App: other.ID, Platform: review.Android}
		err := h.Apps().Add(t.Context(), other, release)
		require.ErrorIs(t, err, review.ErrConflict)
		assert.Equal(t, "app-exists", problem(t, err).Code)
		_, err = h.Apps().App(t.Context(), other.ID)
		require.ErrorIs(t, err, review.ErrNotFound, "nothing of it is kept")
		release.App = a.ID
		require.ErrorIs(t, h.Apps().Add(t.Context(), other, release), review.ErrInvalid)
		require.ErrorIs(t, h.Apps().Add(t.Context(), a, releases[0]), review.ErrConflict)
		_, err = h.Apps().Named(t.Context(), "com.example.SWAP", review.Android)
		require.ErrorIs(t, err, review.ErrNotFound)
		_, err = h.Apps().Releases(t.Context(), "a-none")
		require.ErrorIs(t, err, review.ErrNotFound)
	})
}

func submission(h *house, caseID string) review.Submission {
	return review.Submission{
		ID: h.id("s"), Case: caseID, File: "换脸相机 v1.10.apk", Size: 1 << 30,
		SHA256: strings.Repeat("0a", 32), Declaration: "schema: listgate.declaration/v1\n",
		By: maker, Received: h.now,
	}
}

func TestSubmissions(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		s := submission(h, "c-1")
		s.Key = "build-7"
		require.NoError(t, h.Submissions().Add(t.Context(), s))
		got, err := h.Submissions().Submission(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(s, got))
		got, err = h.Submissions().Keyed(t.Context(), maker.ID, "build-7")
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(s, got))

		twice := submission(h, "c-2")
		twice.Key = "build-7"
		require.ErrorIs(t, h.Submissions().Add(t.Context(), twice), review.ErrConflict)
		twice.By = lin
		require.NoError(t, h.Submissions().Add(t.Context(), twice), "keys are an account's own")
		for _, c := range []string{"c-3", "c-4"} {
			require.NoError(t, h.Submissions().Add(t.Context(), submission(h, c)), "no key")
		}
		require.ErrorIs(t, h.Submissions().Add(t.Context(), submission(h, "c-4")),
			review.ErrConflict, "a case has one submission")
		_, err = h.Submissions().Keyed(t.Context(), maker.ID, "")
		require.ErrorIs(t, err, review.ErrNotFound)
		_, err = h.Submissions().Keyed(t.Context(), zhou.ID, "build-7")
		require.ErrorIs(t, err, review.ErrNotFound)

		for _, scan := range []review.Scan{
			{At: h.now, Failure: analyzer.Text{ZH: "无法读取", EN: "cannot be read"}, Seconds: 0.25},
			{At: h.now.Add(time.Hour), Facts: "f0",
				Reports: map[string]string{"zh": "z", "en": "e"},
				Seconds: 12.5},
		} {
			require.NoError(t, h.Submissions().Scanned(t.Context(), s.Case, scan))
			got, err = h.Submissions().Submission(t.Context(), s.Case)
			require.NoError(t, err)
			s.Scan = &scan
			assert.Empty(t, cmp.Diff(s, got))
		}
		require.ErrorIs(t, h.Submissions().Scanned(t.Context(), "c-none", review.Scan{}),
			review.ErrNotFound)
	})
}

// TestCaseIsNamedByItsFile until a scan tells the application.
func TestCaseIsNamedByItsFile(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		before, behind := h.newCase("", "", review.CaseReceived), h.newCase("", "",
			review.CaseScanning)
		require.NoError(t, h.Submissions().Add(t.Context(), submission(h, before.ID)))
		h.open(t, before)
		h.open(t, behind)
		require.NoError(t, h.Submissions().Add(t.Context(), submission(h, behind.ID)))
		rows := h.find(t, review.CaseFilter{Text: "换脸"})
		require.Len(t, rows, 2)
		for _, r := range rows {
			assert.Equal(t, "换脸相机 v1.10.apk", r.Name)
		}

		guess, first := h.listedApp(t, "未能识别", "unknown.1")
		a, releases := h.listedApp(t, "魔法相册", "com.example.album")
		for _, of := range []review.Release{first[2], releases[2]} { // a later scan knows better
			c := h.read(t, behind.ID)
			c.App, c.Release = of.App, of.ID
			h.keep(t, review.Outcome{Case: c, Entries: []review.Entry{{At: h.now, By: robot,
				On: review.EventScanFailed, From: c.State, To: c.State}}}, nil)
		}
		require.Empty(t, h.find(t, review.CaseFilter{App: guess.ID}))
		assert.Len(t, h.find(t, review.CaseFilter{Text: "换脸"}), 1)
		rows = h.find(t, review.CaseFilter{Text: "魔法"})
		require.Len(t, rows, 1)
		assert.Empty(t, cmp.Diff(review.Row{Case: h.read(t, behind.ID), Name: a.Name,
			Package: a.Package, Provider: a.Provider, Version: "1.10",
			Platform: review.Android}, rows[0]))
	})
}

func TestSecondOpenCase(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		entry := review.Entry{At: h.now, By: robot, To: review.CaseWaiting}
		first := h.waiting(t)
		second := h.newCase(first.App, first.Release, review.CaseWaiting)
		err := h.Cases().Open(t.Context(), second, entry)
		require.ErrorIs(t, err, review.ErrConflict)
		assert.Equal(t, "open-case", problem(t, err).Code)
		assert.Contains(t, problem(t, err).Message.ZH, first.ID)

		second.App, second.Release = "", ""
		require.NoError(t, h.Cases().Open(t.Context(), second, entry))
		later := h.read(t, second.ID)
		later.App, later.Release = first.App, first.Release
		told := review.Outcome{Case: later, Entries: []review.Entry{entry}}
		err = h.Cases().Keep(t.Context(), told)
		require.ErrorIs(t, err, review.ErrConflict)
		assert.Equal(t, "open-case", problem(t, err).Code)

		out, err := review.Decide(h.deciding(t, h.claimed(t, first, lin)))
		first = h.keep(t, out, err)
		h.keep(t, told, nil)

		// The developer appeals against the first while the second is open: a right is
		// not lost to the order of things.
		out, err = first.Move(review.Entry{At: h.now, By: maker, On: review.EventAppeal})
		h.keep(t, out, err)
		third := h.newCase(first.App, first.Release, review.CaseWaiting)
		require.ErrorIs(t, h.Cases().Open(t.Context(), third, entry), review.ErrConflict)
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(c *review.Case)
		want   error
	}{
		"twice":          {func(*review.Case) {}, review.ErrConflict},
		"no_application": {func(c *review.Case) { c.App = "a-none" }, review.ErrNotFound},
		"no_release":     {func(c *review.Case) { c.Release = "r-none" }, review.ErrNotFound},
		"release_without_app": {func(c *review.Case) { c.App, c.Release = "", "r-none" },
			review.ErrNotFound},
		"no_state": {func(c *review.Case) { c.State = "" }, review.ErrInvalid},
		"decided": {func(c *review.Case) { c.Decisions = []review.Decision{{}} },
			review.ErrInvalid},
		"capability_that_is_no_text": {func(c *review.Case) {
			c.Capabilities = []analyzer.CapabilityID{"\xff"}
		}, review.ErrInvalid},
	}
	houses(t, func(t *testing.T, h *house) {
		a, _ := h.listedApp(t, "换脸相机", "com.example.swap")
		first := h.newCase(a.ID, "", review.CaseWaiting)
		h.open(t, first)
		for name, test := range tests {
			c := first
			if name != "twice" {
				c.ID = h.id("c")
			}
			test.change(&c)
			err := h.Cases().Open(t.Context(), c, review.Entry{At: h.now, By: robot})
			assert.ErrorIs(t, err, test.want, name)
		}
		assert.Len(t, h.find(t, review.CaseFilter{}), 1)
	})
}

// hostile are strings that no id is, and of which a database may complain.
var hostile = []string{"", "\x00", "a\x00b", "\xff\xfe", strings.Repeat("x", 101), "a\nb",
	"'; DROP TABLE cases; --", "\u202e", "%", "🙈"}

func TestHostileIDs(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for _, id := range hostile {
			calls := map[string]func() error{
				"case":     func() error { _, err := h.Cases().Case(ctx, id); return err },
				"history":  func() error { _, err := h.Cases().History(ctx, id); return err },
				"app":      func() error { _, err := h.Apps().App(ctx, id); return err },
				"release":  func() error { _, err := h.Apps().Release(ctx, id); return err },
				"releases": func() error { _, err := h.Apps().Releases(ctx, id); return err },
				"submission": func() error {
					_, err := h.Submissions().Submission(ctx, id)
					return err
				},
				"named": func() error {
					_, err := h.Apps().Named(ctx, id, review.Platform(id))
					return err
				},
				"keyed": func() error { _, err := h.Submissions().Keyed(ctx, id, id); return err },
				"scanned": func() error {
					return h.Submissions().Scanned(ctx, id, review.Scan{})
				},
				"keep": func() error {
					c := review.Case{ID: id, Place: review.Place{State: review.CaseWaiting}}
					return h.Cases().Keep(ctx, review.Outcome{Case: c,
						Entries: []review.Entry{{At: h.now, By: robot}}})
				},
				"renew": func() error {
					return h.Cases().Keep(ctx, review.Outcome{
						Case: review.Case{ID: id, Place: review.Place{State: review.CaseClaimed}}})
				},
			}
			for name, call := range calls {
				err := call()
				require.ErrorIs(t, err, review.ErrNotFound, "%s %q", name, id)
				assert.NotContains(t, err.Error(), "SQLSTATE", "%s %q", name, id)
			}
		}
	})
}

// TestHostileTexts: what a database cannot keep is refused by name, all else is kept
// as it is.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		for i, text := range append(hostile, strings.Repeat("长", 2000), "<script>", "\u2028") {
			sub := submission(h, h.id("c"))
			sub.File, sub.Key, sub.By.Name = text, text, text
			err := h.Submissions().Add(t.Context(), sub)
			app := review.App{ID: h.id("a"), Package: text, Name: text, Provider: text}
			appErr := h.Apps().Add(t.Context(), app)
			if strings.ContainsRune(text, 0) || i == 3 || len(text) > 4000 {
				require.ErrorIs(t, err, review.ErrInvalid, "%q", text)
				require.ErrorIs(t, appErr, review.ErrInvalid, "%q", text)
				continue
			}
			require.NoError(t, err, "%q", text)
			got, err := h.Submissions().Submission(t.Context(), sub.Case)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(sub, got))
			require.NoError(t, appErr, "%q", text)
			kept, err := h.Apps().App(t.Context(), app.ID)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(app, kept))
			_, _, err = h.Cases().Find(t.Context(), review.CaseFilter{Text: text})
			require.NoError(t, err)
		}
	})
}
