package facts_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

func TestSieve(t *testing.T) {
	t.Parallel()
	var got []analyzer.String
	s := facts.NewSieve("e", func(r analyzer.Record) { got = append(got, r.(analyzer.String)) })
	s.Into("p")
	s.Keep("一键换脸", 7)
	s.Keep("一键换脸", 9)
	require.Len(t, got, 1, "a value is kept once")
	assert.Equal(t, analyzer.Where{Entry: "e", Offset: 7, Part: "p"}, got[0].Where)
	_, more, _ := s.Lost()
	assert.Zero(t, more)
	for i := range 500 {
		s.Keep(fmt.Sprintf("Effect SDK %d.1", i), i)
	}
	s.Keep("Another SDK 2.0", 600)
	for i := range 5000 {
		s.Keep(fmt.Sprintf("h%d.example.com", i), i)
	}
	where, more, address := s.Lost()
	assert.Equal(t, []any{int64(600), 1, false}, []any{where.Offset, more, address})
	s.Keep("api.deepseek.com", 700)
	where, more, address = s.Lost()
	assert.Equal(t, []any{int64(700), 2, true}, []any{where.Offset, more, address})
	assert.Len(t, got, 1+500+5000)
}

func FuzzWorth(f *testing.F) {
	for _, seed := range []string{"https://a.example.com", "一键换脸", "Gen-AI-20240101-0001",
		"DeepAR 5.2.0", "plain", "a b 1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if facts.Worth(data) {
			return
		}
		facts.Keep(string(data), "", analyzer.Where{}, func(r analyzer.Record) {
			t.Fatalf("%q is worth nothing, and %v is kept", data, r)
		})
	})
}
