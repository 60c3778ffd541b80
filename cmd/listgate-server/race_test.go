package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
)

// form is a form that somebody sends, at the same moment as others.
type form struct {
	login, path string
	pairs       []string
}

// race sends all at once, and returns what came of each.
func (c *counter) race(t *testing.T, forms ...form) []answer {
	t.Helper()
	answers, errs := make([]answer, len(forms)), make([]error, len(forms))
	var runs []func()
	for i, f := range forms {
		v := c.who(f.login).on(t)
		runs = append(runs, func() {
			answers[i], errs[i] = v.try(http.MethodPost, f.path,
				"application/x-www-form-urlencoded", strings.NewReader(formOf(f.pairs).Encode()))
		})
	}
	atOnce(runs...)
	for _, err := range errs {
		require.NoError(t, err)
	}
	return answers
}

// oneWins finds the one that was taken, and checks that the others were refused for
// having come later.
func oneWins(t *testing.T, answers []answer) (winner int) {
	t.Helper()
	winner = -1
	for i, a := range answers {
		if a.status == http.StatusSeeOther {
			require.Equal(t, -1, winner, "two were taken")
			winner = i
			continue
		}
		assert.Equal(t, http.StatusConflict, a.status, a.complains())
	}
	require.NotEqual(t, -1, winner, "none was taken")
	return winner
}

// TestRace lets people do the same at the same moment: one does it, and the others are
// told what happened.
func TestRace(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		logins := []string{wang, liu, chen, zhao}
		names := map[string]string{}
		for _, p := range people {
			names[p.login] = p.name
		}
		for n := range 5 {
			s := c.p.scanned(voicePack(t, n))
			path := "/cases/" + s.Case
			var forms []form
			for _, login := range logins {
				forms = append(forms, form{login: login, path: path + "/claim"})
			}
			answers := c.race(t, forms...)
			won := oneWins(t, answers)
			for i, a := range answers {
				if i != won {
					assert.Contains(t, a.complains(), "案件已由 "+names[logins[won]]+" 领取，有效至")
				}
			}
			// The winner sends the decision from two windows, with different reasons.
			rev := c.who(logins[won]).rev(s.Case, "decide")
			decide := form{logins[won], path + "/decide", refusal(rev)}
			other := form{logins[won], path + "/decide",
				with(refusal(rev), "reason", "另一窗口写下的理由：没有提交声明，不予上架。")}
			won = oneWins(t, c.race(t, decide, other, decide, other))
			assert.Equal(t, review.CaseDecided, c.p.state(s.Case).State)
			assert.EqualValues(t, 1, c.kept.count(
				"SELECT count(*) FROM case_decisions WHERE case_id = ?", s.Case))
			assert.EqualValues(t, 1, c.kept.count(
				"SELECT count(*) FROM letters WHERE case_id = ?", s.Case))
			assert.EqualValues(t, won%2, c.kept.count("SELECT count(*) FROM case_decisions "+
				"WHERE case_id = ? AND body LIKE '%另一窗口写下的理由%'", s.Case),
				"the decision is not that of who was told that it was taken")
		}
		t.Run("of_second_persons", func(t *testing.T) { c.secondPersonsRace(t) })
		assert.Contains(t, c.h.must("", "ledger", "verify"), "the ledger holds")
	})
}

// secondPersonsRace approves and rejects one proposal at the same moment, while who
// proposed it takes it back.
func (c *counter) secondPersonsRace(t *testing.T) {
	t.Helper()
	id, decision := c.proposal(wang)
	path := "/cases/" + id + "/decisions/" + decision + "/follow"
	rev := c.who(zhao).on(t).rev(id, "approve")
	won := oneWins(t, c.race(t,
		form{chen, path, []string{"rev", rev, "on", "approve"}},
		form{zhao, path, []string{"rev", rev, "on", "reject",
			"note", "声明已经更正，这项提议的理由不再成立。"}},
		form{wang, path, []string{"rev", rev, "on", "retract"}},
	))
	status := []string{"effective", "rejected", "retracted"}[won]
	assert.EqualValues(t, 1, c.kept.count(
		"SELECT count(*) FROM case_decisions WHERE id = ? AND status = ?", decision, status))
	letters := int64(0)
	if won == 0 {
		letters = 1
	}
	assert.Equal(t, letters, c.kept.count(
		"SELECT count(*) FROM letters WHERE decision_id = ?", decision))
	assert.EqualValues(t, 1, c.kept.count(
		"SELECT count(*) FROM ledger_rows WHERE kind = 'approval' AND subject = ?", id))
}
