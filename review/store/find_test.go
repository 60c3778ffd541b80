package store_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/store"
)

// find lists the first page.
func (h *house) find(t *testing.T, f review.CaseFilter) []review.Row {
	t.Helper()
	rows, _, err := h.Cases().Find(t.Context(), f)
	require.NoError(t, err)
	return rows
}

// all lists every page, and calls between behind each.
func (h *house) all(t *testing.T, f review.CaseFilter, between func(rows []review.Row)) []string {
	t.Helper()
	var ids []string
	for {
		rows, next, err := h.Cases().Find(t.Context(), f)
		require.NoError(t, err)
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		if next == "" {
			return ids
		}
		require.NotEmpty(t, rows)
		between(rows)
		f.After = next
	}
}

// fill opens n cases about no application, due by the minute and three at a time.
func (h *house) fill(t *testing.T, n int) (ids []string) {
	t.Helper()
	for i := range n {
		c := h.newCase("", "", review.CaseWaiting)
		c.Due = h.now.Add(time.Duration(i/3) * time.Minute)
		h.open(t, c)
		ids = append(ids, c.ID)
	}
	return ids
}

// TestPagesHaveNoGap: each of 250 cases is listed once and in order while people work
// on them.
func TestPagesHaveNoGap(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		want := h.fill(t, 250)
		ahead := len(want)
		got := h.all(t, review.CaseFilter{Limit: 17}, func(rows []review.Row) {
			ahead--
			for _, id := range []string{rows[0].ID, rows[len(rows)-1].ID, want[ahead]} {
				if c := h.read(t, id); c.State == review.CaseWaiting {
					h.claimed(t, c, lin)
				}
			}
			late := h.newCase("", "", review.CaseWaiting) // a new one before all
			late.Due = h.now.Add(-time.Hour)
			h.open(t, late)
		})
		assert.Empty(t, cmp.Diff(want, got))
		waiting := h.all(t, review.CaseFilter{States: []review.CaseState{review.CaseWaiting},
			Limit: 200}, func([]review.Row) {})
		claimed := h.all(t, review.CaseFilter{States: []review.CaseState{review.CaseClaimed},
			Limit: 7}, func([]review.Row) {})
		assert.NotEmpty(t, claimed)
		both := h.all(t, review.CaseFilter{States: []review.CaseState{review.CaseWaiting,
			review.CaseClaimed, review.CaseWaiting}}, func([]review.Row) {})
		assert.Len(t, both, len(waiting)+len(claimed))
		assert.Subset(t, both, want)
	})
}

func TestFindLimits(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.fill(t, 210)
		for limit, want := range map[int]int{0: 50, -1: 50, 1: 1, 200: 200, 1 << 40: 200} {
			assert.Len(t, h.find(t, review.CaseFilter{Limit: limit}), want, limit)
		}
		assert.Empty(t, h.find(t, review.CaseFilter{States: []review.CaseState{
			review.CaseProposed}}))
	})
}

func TestFindFilters(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		mine := h.claimed(t, h.waiting(t), lin)
		theirs := h.claimed(t, h.waiting(t), zhou)
		decided := h.decided(t, lin)
		clear := h.newCase("", "", review.CaseWaiting)
		clear.Route, clear.Due, clear.Severity = review.Clear, time.Time{}, review.SeverityD
		clear.Capabilities = []analyzer.CapabilityID{"text_gen", "face_swap"}
		h.open(t, clear)
		tests := map[string]struct {
			filter review.CaseFilter
			want   []string
		}{
			"all": {review.CaseFilter{}, []string{clear.ID, mine.ID, theirs.ID, decided.ID}},
			"states": {review.CaseFilter{States: []review.CaseState{review.CaseDecided}},
				[]string{decided.ID}},
			"routes": {review.CaseFilter{Routes: []review.Route{review.Clear, review.Review}},
				[]string{clear.ID}},
			"severities": {review.CaseFilter{Severities: []review.Severity{review.SeverityC,
				review.SeverityD}}, []string{clear.ID}},
			"capability": {review.CaseFilter{Capability: "face_swap"},
				[]string{clear.ID}},
			"part_of_a_capability": {review.CaseFilter{Capability: "face"}, nil},
			"wild_capability":      {review.CaseFilter{Capability: "face%swap"}, nil},
			"app":                  {review.CaseFilter{App: theirs.App}, []string{theirs.ID}},
			"claimed":              {review.CaseFilter{Claimed: lin.ID}, []string{mine.ID}},
			"claimed_in_another_state": {review.CaseFilter{Claimed: lin.ID,
				States: []review.CaseState{review.CaseWaiting}}, nil},
			"claimed_of_an_app": {review.CaseFilter{Claimed: lin.ID, App: theirs.App}, nil},
			"app_in_a_state": {review.CaseFilter{App: decided.App,
				States: []review.CaseState{review.CaseClaimed}}, nil},
			"text_of_an_app": {review.CaseFilter{App: mine.App, Text: "换脸"}, []string{mine.ID}},
			"text_of_claims": {review.CaseFilter{Claimed: zhou.ID, Text: "美颜"}, nil},
			"text_and_route": {review.CaseFilter{Text: "换脸",
				Routes: []review.Route{review.Clear}}, nil},
		}
		for name, test := range tests {
			var got []string
			for _, r := range h.find(t, test.filter) {
				got = append(got, r.ID)
			}
			assert.Equal(t, test.want, got, name)
		}
	})
}

func TestFindRefuses(t *testing.T) {
	t.Parallel()
	mark := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	tests := map[string]review.CaseFilter{
		"state":          {States: []review.CaseState{"waiting') --"}},
		"text_with_nul":  {Text: "a\x00"},
		"text_no_utf8":   {Text: "\xff"},
		"text_too_long":  {Text: strings.Repeat("a", 401)},
		"app":            {App: "\x00"},
		"claimed":        {Claimed: strings.Repeat("x", 101)},
		"route":          {Routes: []review.Route{"\xff"}},
		"many_routes":    {Routes: make([]review.Route, 1001)},
		"after":          {After: "!"},
		"after_no_id":    {After: mark("5 ")},
		"after_no_time":  {After: mark("soon c-1")},
		"after_nul":      {After: mark("5 c\x001")},
		"after_plus":     {After: mark("+5 c-1")},
		"after_padded":   {After: mark("5 c-1") + "="},
		"after_very_big": {After: mark("99999999999999999999 c-1")},
	}
	houses(t, func(t *testing.T, h *house) {
		for name, f := range tests {
			_, _, err := h.Cases().Find(t.Context(), f)
			require.ErrorIs(t, err, review.ErrInvalid, name)
			problem(t, err)
		}
		_, _, err := h.Cases().Find(t.Context(), review.CaseFilter{After: mark("5 c-1")})
		assert.NoError(t, err)
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	names := []string{"换脸相机", "AI换脸大师 Pro", "美颜Ｃａｍｅｒａ", "100%_真实!", "ÅNGSTRÖM ẞ",
		strings.Repeat("长", 80) + "尾"}
	tests := map[string]struct {
		text string
		want []int
	}{
		"two_characters":        {"换脸", []int{0, 1}},
		"one_character":         {"脸", []int{0, 1}},
		"the_last_character":    {"机", []int{0}},
		"the_whole":             {"换脸相机", []int{0}},
		"around":                {"i换脸大", []int{1}},
		"folded":                {"PRO", []int{1}},
		"full_width":            {"camera", []int{2}},
		"full_width_asked":      {"ＣＡＭＥＲＡ", []int{2}},
		"wildcards_are_letters": {"%_", []int{3}},
		"one_wildcard":          {"%", []int{3}},
		"the_escape":            {"实!", []int{3}},
		"folded_twice":          {"ångström ss", []int{4}},
		"spaces":                {"  大师   pro ", []int{1}},
		"not_in_order":          {"脸换", nil},
		"apart":                 {"换相", nil},
		"package":               {"com.example.p1", []int{1}},
		"package_prefix":        {"COM.example.p", []int{0, 1, 2, 3, 4, 5}},
		"not_within_a_package":  {"example.p1", nil},
		"nothing":               {"不存在的", nil},
		"of_a_very_long_one":    {strings.Repeat("长", 70), []int{5}},
		"empty":                 {" \t", []int{0, 1, 2, 3, 4, 5}},
	}
	houses(t, func(t *testing.T, h *house) {
		var ids []string
		for i, name := range names {
			a, _ := h.listedApp(t, name, fmt.Sprintf("com.example.P%d", i))
			c := h.newCase(a.ID, "", review.CaseWaiting)
			h.open(t, c)
			ids = append(ids, c.ID)
		}
		check := func(when string) {
			for name, test := range tests {
				var got []int
				for _, r := range h.find(t, review.CaseFilter{Text: test.text, Limit: 200}) {
					if i := slices.Index(ids, r.ID); i >= 0 {
						got = append(got, i)
					}
				}
				assert.Equal(t, test.want, got, "%s %s", name, when)
			}
		}
		check("few")
		h.many(t, 1200) // so many that none is taken for rare
		check("many")
		all := h.all(t, review.CaseFilter{Text: "换脸", Limit: 200}, func([]review.Row) {})
		assert.Equal(t, 2+1+1200, len(all))
	})
}

// many adds cases by SQL that share their words with others.
func (h *house) many(t *testing.T, n int) {
	t.Helper()
	a, _ := h.listedApp(t, "ai换脸相机大师 camera pro 100%_实!", "com.example.p-many")
	c := h.newCase(a.ID, "", review.CaseClosed)
	c.Due = h.now.Add(100 * day)
	h.open(t, c)
	multiply(t, h.db, c.ID, n)
}

func TestCounts(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		counts, err := h.Cases().Counts(t.Context())
		require.NoError(t, err)
		assert.Empty(t, counts)
		h.claimed(t, h.waiting(t), lin)
		h.fill(t, 2)
		h.many(t, 1100)
		counts, err = h.Cases().Counts(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[review.CaseState]int{review.CaseWaiting: 2, review.CaseClaimed: 1,
			review.CaseClosed: store.CountLimit + 1}, counts)
	})
}
