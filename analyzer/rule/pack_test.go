package rule

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

func TestPack(t *testing.T) {
	t.Parallel()
	r, err := Parse(
		"sdk/example.yaml",
		[]byte(strings.Replace(sound, "overlaps: [other]\n", "", 1)),
	)
	require.NoError(t, err)
	set, err := Compile([]Rule{r})
	require.NoError(t, err)
	index, err := Pack([]Rule{r})
	require.NoError(t, err)
	back, err := Unpack(index)
	require.NoError(t, err)
	assert.Equal(
		t,
		analyzer.RuleSet{Version: "2026-11-22", Digest: set.RuleSet().Digest, Count: 1},
		back.RuleSet(),
	)
	got, ok := back.Explain("example")
	require.True(t, ok)
	r.Hits, r.Misses = nil, nil
	assert.Empty(t, cmp.Diff(r, got))
	_, ok = back.Explain("exampl")
	assert.False(t, ok)
	for i := 0; i < len(index); i += 7 {
		_, err := Unpack(index[:i])
		assert.Error(t, err, "truncated to %d bytes", i)
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	_, err := Compile([]Rule{{ID: "a", Overlaps: []string{"b", "c"}}, {ID: "b"}, {ID: "b"}})
	assert.EqualError(
		t,
		err,
		"rule b: the id is taken twice\nrule a: overlaps b, which does not say so\nrule a: "+
			"overlaps c, which does not exist",
	)
}
