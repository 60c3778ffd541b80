package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/json"
	"github.com/listgate/listgate/review/report/ndjson"
	"github.com/listgate/listgate/review/report/reporttest"
)

func written(t *testing.T, f report.Form, n int) string {
	t.Helper()
	d := reporttest.Document(t, "tts-android", "zh", "")
	var out bytes.Buffer
	w := f.Open(&out, report.Options{Lang: "zh"})
	for range n {
		require.NoError(t, w.Write(d))
	}
	require.NoError(t, w.Close())
	return out.String()
}

func TestOneIsAnObjectSeveralAnArray(t *testing.T) {
	t.Parallel()
	var one map[string]any
	require.NoError(t, stdjson.Unmarshal([]byte(written(t, json.Form{}, 1)), &one))
	assert.Equal(t, report.Schema, one["schema"])
	for _, n := range []int{0, 2, 3} {
		var several []map[string]any
		require.NoError(t, stdjson.Unmarshal([]byte(written(t, json.Form{}, n)), &several))
		assert.Len(t, several, n)
	}
}

func TestOneReportALine(t *testing.T) {
	t.Parallel()
	out := written(t, ndjson.Form{}, 3)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Len(t, lines, 3)
	for _, l := range lines {
		assert.True(t, stdjson.Valid([]byte(l)))
	}
	assert.Empty(t, written(t, ndjson.Form{}, 0))
}

// TestNoListIsNull reads the printed form: a null where a list is promised breaks
// a pipeline.
func TestNoListIsNull(t *testing.T) {
	t.Parallel()
	for _, fixture := range []string{"plain-ios", "hostile/plist-missing", "faceswap-android"} {
		d := reporttest.Document(t, fixture, "en", "")
		doc, err := stdjson.Marshal(d)
		require.NoError(t, err)
		assert.NotContains(t, string(doc), "null", fixture)
	}
}
