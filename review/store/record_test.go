package store_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// published is a schema of docs/schema.
func published(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.Open("../../docs/schema/" + name)
	require.NoError(t, err)
	defer text.Close()
	doc, err := jsonschema.UnmarshalJSON(text)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	require.NoError(t, c.AddResource(name, doc))
	s, err := c.Compile(name)
	require.NoError(t, err)
	return s
}

// conform holds every entry of the ledger to its published schema.
func (h *house) conform(t *testing.T) {
	t.Helper()
	decision := published(t, "decision.v1.schema.json")
	letter := published(t, "letter.v1.schema.json")
	entries := h.query(t, "SELECT kind || ': ' || body FROM ledger_rows")
	require.NotEmpty(t, entries)
	for _, e := range entries {
		kind, body, _ := strings.Cut(e, ": ")
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		require.NoError(t, err)
		schema := decision
		if kind == "notice" {
			schema = letter
		}
		require.NoError(t, schema.Validate(value), body)
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.decided(t, chen, measure(review.MeasureWarn, ""),
			consequence(review.MeasureRemove, ""))
		out, err := review.Approve(h.following(t, c, wu))
		c = h.keep(t, out, err)
		h.pass(300 * day) // as after a long outage: more nanoseconds than JSON readers hold
		out, err = review.FallDue(h.following(t, c, robot))
		c = h.keep(t, out, err)

		h.conform(t)
		entries := h.entries(t, c.ID)
		require.Len(t, entries, 3)
		_, body, _ := strings.Cut(entries[2], ": ")
		d := c.Decisions[0]
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &got))
		assert.Equal(t, "listgate.decision/v1", got["schema"])
		assert.Equal(t, c.ID, got["case"])
		assert.Equal(t, d.ID, got["decision"])
		assert.Equal(t, why, got["reason"])
		assert.Equal(t, map[string]any{"id": "u-wu", "name": "吴高级", "role": "senior"},
			got["second"])
		standing := map[string]any{"state": "removed", "decisions": []any{d.ID}}
		app, _ := got["app"].(map[string]any)
		assert.Equal(t, standing, app["standing"], "behind the act")
		act, _ := got["act"].(map[string]any)
		assert.Equal(t, "fell-due", act["on"])
		assert.Equal(t, standing, act["after"])
		assert.InDelta(t, h.now.Sub(d.Deadline().At).Milliseconds(), act["late_ms"], 0)
		assert.Empty(t, cmp.Diff(map[string]any{
			"received": "2026-11-22T21:00:00.000Z", "opened": "2026-11-22T22:00:00.000Z",
			"decided": "2026-11-23T02:00:00.000Z",
		}, got["times"]))
		for _, e := range entries {
			assert.NotContains(t, e, "内部备注", "what stays with the store")
		}
	})
}

// TestRecordStandsAtItsAct: an entry says what was so behind its act, also where one
// outcome has several.
func TestRecordStandsAtItsAct(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.claimed(t, h.waiting(t), chen)
		proposed, err := review.Decide(h.deciding(t, c,
			measure(review.MeasureSuspend, review.ScopeUpdates)))
		require.NoError(t, err)
		h.pass(time.Hour)
		out, err := review.Approve(h.following(t, proposed.Case, wu))
		out.Entries = append(proposed.Entries, out.Entries...)
		c = h.keep(t, out, err)
		entries := h.entries(t, c.ID)
		require.Len(t, entries, 2)
		assert.Contains(t, entries[0], `decision: {`)
		assert.Contains(t, entries[0], `"status":"proposed"`)
		assert.NotContains(t, entries[0], `"second"`)
		assert.Contains(t, entries[1], `approval: {`)
		assert.Contains(t, entries[1], `"status":"effective"`)
		assert.Contains(t, entries[1], `"second"`)
		assert.Equal(t, []string{"1795399200000", "1795402800000"}, h.query(t,
			"SELECT CAST(at AS text) FROM ledger_rows WHERE subject = ? ORDER BY seq", c.ID))
	})
}

func TestLetters(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.decided(t, lin)
		letters, err := h.Letters().Letters(t.Context(), c.ID)
		require.NoError(t, err)
		assert.Empty(t, letters)
		first := review.Letter{ID: h.id("l"), Case: c.ID, Decision: c.Decisions[0].ID, At: h.now,
			ZH: "不予上架决定书", EN: "Refusal", Facts: []byte(`{"schema":"listgate.notice/v1"}`)}
		second := first
		second.ID, second.At, second.On = h.id("l"), h.now.Add(time.Hour), review.EventExtend
		require.NoError(t, h.Letters().Add(t.Context(), second))
		require.NoError(t, h.Letters().Add(t.Context(), first))
		letters, err = h.Letters().Letters(t.Context(), c.ID)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff([]review.Letter{first, second}, letters), "oldest first")
		assert.Equal(t, []string{"decision", "notice", "notice"}, h.kinds(t, c.ID))
		h.conform(t)
		for _, e := range h.entries(t, c.ID)[1:] {
			assert.NotContains(t, e, "决定书", "the text itself can be erased")
		}
		assert.ErrorIs(t, h.Letters().Add(t.Context(), first), review.ErrConflict, "once")
	})
}

func TestLettersRefuse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(l *review.Letter)
		want   error
	}{
		"no_case": {func(l *review.Letter) { l.Case = "c-none" }, review.ErrNotFound},
		"no_decision": {func(l *review.Letter) { l.Decision = "d-none" },
			review.ErrNotFound},
		"facts_that_are_none": {func(l *review.Letter) { l.Facts = []byte("{") },
			review.ErrInvalid},
		"text_with_nul": {func(l *review.Letter) { l.ZH = "a\x00" }, review.ErrInvalid},
		"text_too_long": {func(l *review.Letter) { l.EN = strings.Repeat("a", 300<<10) },
			review.ErrInvalid},
		"time_out_of_range": {func(l *review.Letter) { l.At = time.Time{}.Add(1) },
			review.ErrInvalid},
	}
	houses(t, func(t *testing.T, h *house) {
		c := h.decided(t, lin)
		for name, test := range tests {
			l := review.Letter{ID: h.id("l"), Case: c.ID, Decision: c.Decisions[0].ID,
				At: h.now, ZH: "决定书", EN: "Decision", Facts: []byte("{}")}
			test.change(&l)
			assert.ErrorIs(t, h.Letters().Add(t.Context(), l), test.want, name)
		}
		other := h.decided(t, lin)
		err := h.Letters().Add(t.Context(), review.Letter{ID: h.id("l"), Case: other.ID,
			Decision: c.Decisions[0].ID, At: h.now, Facts: []byte("{}")})
		assert.ErrorIs(t, err, review.ErrNotFound, "a decision of another case")
		assert.Equal(t, []string{"decision"}, h.kinds(t, c.ID))
		assert.Empty(t, h.query(t, "SELECT id FROM letters"))
	})
}
