package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
)

// recorded is what the ledger says of a decision.
type recorded struct {
	Automated bool
	Sampled   bool
	Measure   review.Measure
	By        review.Actor
	Made      struct {
		Law    string
		Policy string
	}
}

// decision reads the first entry of the ledger about a case.
func (k *kept) decision(caseID string) (r recorded) {
	k.t.Helper()
	var body string
	require.NoError(k.t, k.db.From(k.t.Context()).Raw("SELECT body FROM ledger_rows "+
		"WHERE kind = 'decision' AND subject = ? ORDER BY seq LIMIT 1", caseID).Scan(&body).Error)
	require.NotEmpty(k.t, body, "the ledger does not tell of a decision")
	require.NoError(k.t, json.Unmarshal([]byte(body), &r), body)
	return r
}

// TestAutomaticListing walks the one road on which no person decides, and what does not
// take it.
func TestAutomaticListing(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := openCounter(t, source)
		t.Run("shows_nothing", func(t *testing.T) {
			s := c.p.scanned(quietPack(t, 1))
			assert.Equal(t, review.CaseDecided, s.State)
			assert.Equal(t, review.Clear, s.Route)
			require.Len(t, s.Decisions, 1)
			assert.Equal(t, review.MeasureList, s.Decisions[0].Measure)
			assert.True(t, s.Decisions[0].Automated)
			r := c.kept.decision(s.Case)
			assert.Equal(t, "test-1", r.Made.Policy)
			assert.True(t, r.Automated)
			assert.False(t, r.Sampled)
			assert.Equal(t, review.RolePipeline, r.By.Role)
			page := c.who(wang).on(t).get("/cases/" + s.Case).says()
			assert.Contains(t, page, "自动决定")
			assert.Contains(t, page, "test-1")
			letters := readJSON[struct{ Letters []struct{ ZH, EN string } }](t,
				c.p.get("/submissions/"+s.Case+"/letters"))
			require.Len(t, letters.Letters, 1)
			assert.Contains(t, letters.Letters[0].ZH, "测试应用商店")
			assert.Contains(t, letters.Letters[0].EN, "Test App Store")
		})
		denied, undeclared, offered := voicePack(t, 3), quietPack(t, 4), voicePack(t, 5)
		denied.declaration = voiceDeclaration(3)
		undeclared.declaration = ""
		offered.declaration = strings.Replace(voiceDeclaration(5), "offered: no", "offered: yes", 1)
		other := quietPack(t, 6)
		other.declaration = fmt.Sprintf(quietDeclaration, 7)
		for name, in := range map[string]pack{
			"capability": voicePack(t, 2), "capability_that_is_denied": denied,
			"no_declaration": undeclared, "capability_that_is_declared": offered,
			"declaration_of_another_application": other,
		} {
			t.Run(name, func(t *testing.T) {
				s := c.p.scanned(in)
				assert.Equal(t, review.CaseWaiting, s.State)
				assert.Empty(t, s.Decisions)
				assert.Zero(t, c.kept.count(
					"SELECT count(*) FROM case_decisions WHERE case_id = ?", s.Case))
				assert.Zero(t, c.kept.count(
					"SELECT count(*) FROM ledger_rows WHERE subject = ?", s.Case))
			})
		}
		assert.Zero(t, c.at.stop())
		t.Run("drawn_for_people", func(t *testing.T) { c.everythingIsDrawn(t) })
		t.Run("policy_without_it", func(t *testing.T) {
			at := c.withPolicy("schema: listgate.policy/v1\nversion: test-3\nauto_list: false\n")
			s := c.h.pipeline(at).scanned(quietPack(t, 9))
			assert.Equal(t, review.CaseWaiting, s.State)
			assert.Equal(t, review.Clear, s.Route)
			assert.Zero(t, at.stop())
		})
		assert.EqualValues(t, 3,
			c.kept.count("SELECT count(*) FROM ledger_rows WHERE kind = 'policy-release'"))
		assert.Contains(t, c.h.must("", "ledger", "verify"), "the ledger holds")
	})
}

// voiceDeclaration denies what the application does.
func voiceDeclaration(n int) string {
	text := fmt.Sprintf(quietDeclaration, n)
	text = strings.ReplaceAll(text, "com.example.quiet", "com.example.voice")
	return strings.ReplaceAll(text, "清静"+fmt.Sprint(n), "有声"+fmt.Sprint(n))
}

// withPolicy starts the house again, by another policy.
func (c *counter) withPolicy(text string) *running {
	c.t.Helper()
	c.h.set("policy", c.h.write("policy.yaml", text))
	return c.h.serve()
}

// everythingIsDrawn lists by a policy that has people look at each such decision.
func (c *counter) everythingIsDrawn(t *testing.T) {
	t.Helper()
	at := c.withPolicy("schema: listgate.policy/v1\nversion: test-2\nauto_list: true\n" +
		"sample_rate: 1\n")
	s := c.h.pipeline(at).scanned(quietPack(t, 8))
	assert.Equal(t, review.CaseReopened, s.State)
	require.Len(t, s.Decisions, 1)
	assert.True(t, s.Decisions[0].Automated)
	r := c.kept.on(t).decision(s.Case)
	assert.Equal(t, "test-2", r.Made.Policy)
	assert.True(t, r.Sampled)
	assert.EqualValues(t, 1, c.kept.count(
		"SELECT count(*) FROM releases WHERE state = 'listed' AND app_id = "+
			"(SELECT app_id FROM cases WHERE id = ?)", s.Case), "the listing does not stand")
	v := signIn(t, at, liu)
	assert.Contains(t, v.get("/cases").says(), "清静8")
	v.claim(s.Case)
	assert.Contains(t, v.get("/cases/"+s.Case).says(), "抽中")
	assert.Zero(t, at.stop())
}
