package dossier_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

func TestTheSecondPerson(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Chen)
		got := b.post(t, "c-1/decide", desktest.Chen, suspension...)
		assert.Equal(t, []string{"已提请第二人审批：暂停下载"}, got.Told)
		follow := "c-1/decisions/" + b.Case(t, "c-1").Decisions[0].ID + "/follow"

		mine := b.get(t, "c-1", desktest.Chen)
		assert.Equal(t, []string{"retract"}, ids(mine))
		assert.True(t, has(mine, `#history a[href=#pending]`))
		assert.True(t, mine.Tree.All("#decisions")[0].Has("print-only"), "it stands in #pending")
		assert.Empty(t, ids(b.get(t, "c-1", desktest.Zhou)))
		assert.Equal(t, []string{"approve", "reject"}, ids(b.get(t, "c-1", desktest.Wu)))

		got = b.post(t, follow, desktest.Chen, "on", "approve")
		assert.Equal(t, http.StatusForbidden, got.Status)
		assert.Equal(t, []string{"提出人不能作为第二人审批"}, problems(got, "#refused"))

		got = b.post(t, follow, desktest.Zhou, "on", "approve")
		assert.Equal(t, http.StatusForbidden, got.Status)
		assert.Contains(t, strings.Join(problems(got, "#refused"), ""), "审核员不能“批准”")

		got = b.post(t, follow, desktest.Wu, "on", "reject", "note", "不行")
		assert.Equal(t, http.StatusUnprocessableEntity, got.Status)
		assert.Equal(t, []string{"理由过短，至少 10 个汉字"}, problems(got, "#reject"))
		assert.Equal(t, "不行", got.Tree.All("#reject textarea")[0].Text())

		got = b.post(t, follow, desktest.Wu, "on", "approve", "rev", "0")
		assert.Equal(t, http.StatusConflict, got.Status)
		assert.True(t, has(got, "#stale"))

		got = b.post(t, follow, desktest.Wu, "on", "approve", "note", "同意")
		assert.Equal(t, []string{"已完成：批准（暂停下载）"}, got.Told)
		assert.Equal(t, review.AppSuspended, b.Standing(t, "a").State)

		got = b.post(t, follow, desktest.Wu, "on", "approve")
		assert.Equal(t, http.StatusConflict, got.Status, "what is decided is not approved again")
	})
}

func TestWhatFollowsADecision(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppListed, "0.9", "listed", "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Chen)
		got := b.post(t, "c-1/decide", desktest.Chen, append([]string{"emergency", "yes",
			"authority", "网信办", "reference", "12号"}, suspension...)...)
		assert.Equal(t, []string{"决定已生效：暂停下载"}, got.Told)
		id := b.Case(t, "c-1").Decisions[0].ID
		follow := "c-1/decisions/" + id + "/follow"

		mine := b.get(t, "c-1", desktest.Chen)
		assert.NotContains(t, ids(mine), "ratify-"+id, "who decided does not ratify")
		assert.NotContains(t, ids(b.get(t, "c-1", desktest.Lin)), "ratify-"+id)
		second := b.get(t, "c-1", desktest.Wu)
		assert.Contains(t, ids(second), "ratify-"+id)
		assert.Contains(t, second.Tree.All("#following")[0].Text(), "2026-11-24 10:00")
		assert.Equal(t, []string{"已完成：追认（暂停下载）"},
			b.post(t, follow, desktest.Wu, "on", "ratify").Told)

		got = b.post(t, follow, desktest.Lin, "on", "extend", "working_days", "abc", "note", "短")
		assert.Equal(t, http.StatusUnprocessableEntity, got.Status)
		extend := "#extend-" + id
		assert.ElementsMatch(t, []string{"理由过短，至少 10 个汉字", "延长须为 1 至 60 个工作日"},
			problems(got, extend))
		assert.Equal(t, "abc", got.Tree.All(extend + " input[name=working_days]")[0].Attr("value"))
		assert.Equal(t, "短", got.Tree.All(extend + " textarea")[0].Text())
		got = b.post(t, follow, desktest.Lin, "on", "extend", "working_days", "5", "note",
			desktest.Why)
		assert.Equal(t, []string{"已完成：延长期限（暂停下载）"}, got.Told)

		assert.Equal(t, http.StatusSeeOther,
			b.post(t, follow, desktest.Lin, "on", "effect").Status)
		assert.NotContains(t, ids(b.get(t, "c-1", desktest.Lin)), "effect-"+id)
		assert.Equal(t, review.CaseEffected, b.Case(t, "c-1").State)
	})
}

func TestTheDeveloperAnswers(t *testing.T) {
	t.Parallel()
	benches(t, func(t *testing.T, b bench) {
		b.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
		b.Claimed(t, "c-1", "a/1.0", desktest.Lin)
		got := b.post(t, "c-1/decide", desktest.Lin, "measure", "ask", "obligations", "FI-01",
			"evidence", "check:FI-01", "reason", desktest.Why)
		assert.Equal(t, []string{"决定已生效：要求说明"}, got.Told)
		assert.Contains(t, ids(b.get(t, "c-1", desktest.Lin)), "recall")
		assert.Equal(t, []string{"answered", "withdraw"}, ids(b.get(t, "c-1", desktest.Maker)))
		got = b.post(t, "c-1/move", desktest.Maker, "on", "answered", "note", "补交了备案凭证")
		assert.Equal(t, []string{"已完成：开发者说明"}, got.Told)
		waiting := b.get(t, "c-1", desktest.Lin)
		assert.Contains(t, waiting.Tree.All("#history")[0].Text(), "补交了备案凭证")
		assert.Contains(t, ids(waiting), "claim")
	})
}
