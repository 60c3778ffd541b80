package zip

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// first returns the first n bytes of the only entry of an archive.
func first(t *testing.T, i item, n int64) ([]byte, error) {
	t.Helper()
	data := forgery{items: []item{i}}.bytes()
	c, err := Lister{}.List(analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))},
		budget.New(budget.Limits{}))
	require.NoError(t, err)
	require.Len(t, c.Entries, 1)
	e, ok := c.Entries[0].(analyzer.Excerpted)
	require.True(t, ok)
	return e.First(t.Context(), n)
}

func TestFirst(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("a content that is repeated. ", 4000)
	for name, i := range map[string]item{
		"stored": stored("a", content), "deflated": deflated("a", content),
	} {
		got, err := first(t, i, 1000)
		require.NoError(t, err, name)
		assert.Equal(t, content[:1000], string(got), name)
		got, err = first(t, i, 1<<30)
		require.NoError(t, err, name)
		assert.Equal(t, content, string(got), "%s: no more than there is", name)
	}
	broken := deflated("a", content)
	broken.data = broken.data[:len(broken.data)/2]
	broken.packed = uint32(len(broken.data))
	_, err := first(t, broken, 1<<30)
	require.Error(t, err, "the stream is cut short")
	_, err = first(t, broken, 10)
	require.NoError(t, err, "what breaks behind the first bytes is not seen")
}
