package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// TestTwoPeopleWorkOnOneQueue hands the queue out: never one case to two, and what
// one has claimed the other sees.
func TestTwoPeopleWorkOnOneQueue(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.AddApp(t, "a", review.AppUnlisted, "1", "submitted")
		h.AddApp(t, "b", review.AppUnlisted, "1", "submitted")
		h.Open(t, "case-b", "b/1", func(c *review.Case) { c.Due = h.Time().Add(time.Hour) })
		h.Open(t, "case-a", "a/1", func(c *review.Case) { c.Due = h.Time().Add(-time.Hour) })
		one, two := h.as(t, review.RoleReviewer), h.as(t, review.RoleSenior)

		rows := one.get(t, "/cases").tree.All("tbody tr")
		require.Len(t, rows, 2)
		assert.Contains(t, rows[0].Text(), "魔法相机 a", "what is due first comes first")
		assert.Contains(t, rows[0].Text(), "已逾期")
		tab := one.get(t, "/cases").tree.All(".tabs a")[0]
		assert.Equal(t, "待审核 2", tab.Text())

		got := one.post(t, "/cases/next", nil)
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		assert.Equal(t, "/cases/case-a", got.Header.Get("Location"))
		got = two.post(t, "/cases/next", nil)
		assert.Equal(t, "/cases/case-b", got.Header.Get("Location"))
		got = one.post(t, "/cases/next", nil)
		assert.Equal(t, "/cases", got.Header.Get("Location"))
		assert.Contains(t, one.get(t, "/cases").main(t), "现在没有可以领取的案件")

		mine := two.get(t, "/cases?tab=mine")
		require.Len(t, mine.tree.All("tbody tr"), 1)
		assert.Contains(t, mine.main(t), "魔法相机 b")
		assert.NotContains(t, mine.main(t), "魔法相机 a")
		all := two.get(t, "/cases?tab=processing").main(t)
		assert.Contains(t, all, "人 reviewer-", "who has the other is named")

		got = two.post(t, "/cases/case-a/claim", nil)
		assert.NotEqual(t, http.StatusSeeOther, got.StatusCode)
		assert.True(t, strings.Contains(got.body, "已由 人 reviewer-"), got.body)
	})
}

func TestQueueRefusesAWrongMark(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		got := h.as(t, review.RoleReviewer).get(t, "/cases?after=zzz")
		assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
		assert.Contains(t, got.main(t), "分页标记无效")
	})
}
