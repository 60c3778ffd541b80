package ui_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

func TestProblemsOf(t *testing.T) {
	t.Parallel()
	said := func(zh, en string) analyzer.Text { return analyzer.Text{ZH: zh, EN: en} }
	refusal := &review.Refusal{Problems: []review.Problem{
		{Field: "reason", Message: said("没有理由", "no reason")},
		{Field: "remedy", Message: said("没有补正", "no remedy")},
		{Field: "rev", Message: said("已变", "changed")},
	}}
	got, ok := ui.ProblemsOf(fmt.Errorf("decide: %w", refusal))
	assert.True(t, ok)
	assert.Equal(t, []string{"没有理由"}, got.At("zh", "reason"))
	assert.Equal(t, []string{"no reason", "no remedy"}, got.At("en", "remedy", "reason"))
	assert.Equal(t, []string{"changed"}, got.Beside("en", "reason", "remedy"))
	assert.Len(t, got.Beside("en"), 3)

	got, ok = ui.ProblemsOf(fmt.Errorf("claim: %w", &review.ClaimedError{
		By: review.Actor{Name: "李"}}))
	assert.True(t, ok)
	assert.Contains(t, got.Beside("zh")[0], "李")

	_, ok = ui.ProblemsOf(errors.New("no database"))
	assert.False(t, ok)
	_, ok = ui.ProblemsOf(nil)
	assert.False(t, ok)
}

func TestCheckID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"0197c0de-0000-7000-8000-000000000001", "a", "A-1"} {
		assert.NoError(t, ui.CheckID(id), id)
	}
	for _, id := range []string{"", "..", "a/b", "a b", "a\x00", "案件", "a_b", "%",
		strings.Repeat("a", 65)} {
		assert.ErrorIs(t, ui.CheckID(id), review.ErrNotFound, id)
	}
}

func TestTextIn(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		of     any
		zh, en string
	}{
		{"text", analyzer.Text{ZH: "甲", EN: "a"}, "甲", "a"},
		{"one_language", analyzer.Text{ZH: "甲"}, "甲", "甲"},
		{"registry", registry.Text{ZH: "甲", EN: "a"}, "甲", "a"},
		{"name", review.RoleSenior, "高级审核员", "senior reviewer"},
		{"word", review.Platform("android"), "android", "android"},
		{"string", "甲", "甲", "甲"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.zh, ui.TextIn("zh", c.of))
			assert.Equal(t, c.en, ui.TextIn("en", c.of))
		})
	}
}
