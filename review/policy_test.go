package review_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/policy.yaml")
	require.NoError(t, err)
	p, err := review.ParsePolicy(text)
	require.NoError(t, err)
	assert.Len(t, p.Digest, 64)
	p.Digest = ""
	assert.Equal(t, review.Policy{Schema: review.PolicySchema, Version: "2026-11-01",
		AutoList: true, SampleRate: 0.05, MaxSize: 2 << 30, Lease: 45 * time.Minute,
		RemedyWorkingDays: map[review.Severity]int{review.SeverityB: 5, review.SeverityC: 10},
		AppealDays:        60}, p)
	assert.Equal(t, 45*time.Minute, p.ClaimLease())
	assert.Equal(t, review.DefaultLease, review.Policy{}.ClaimLease())
}

func TestParsePolicyRefuses(t *testing.T) {
	t.Parallel()
	const sound = "schema: listgate.policy/v1\nversion: a\n"
	_, err := review.ParsePolicy([]byte(sound))
	require.NoError(t, err)
	tests := []struct{ name, text string }{
		{"empty", ""},
		{"not_yaml", sound + "\t- : ["},
		{"unknown_key", sound + "auto_refuse: true\n"},
		{"key_twice", sound + "version: b\n"},
		{"other_schema", strings.Replace(sound, "v1", "v2", 1)},
		{"no_version", "schema: listgate.policy/v1\n"},
		{"rate_over_one", sound + "sample_rate: 1.5\n"},
		{"rate_negative", sound + "sample_rate: -0.1\n"},
		{"rate_not_a_number", sound + "sample_rate: .nan\n"},
		{"size_negative", sound + "max_size: -1\n"},
		{"lease_of_days", sound + "lease: 48h\n"},
		{"lease_negative", sound + "lease: -1s\n"},
		{"appeal_negative", sound + "appeal_days: -1\n"},
		{"days_negative", sound + "remedy_working_days: {B: -1}\n"},
		{"days_too_many", sound + "remedy_working_days: {B: 61}\n"},
		{"severity_unknown", sound + "remedy_working_days: {F: 1}\n"},
		{"too_large", sound + strings.Repeat("# padding\n", 7000)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := review.ParsePolicy([]byte(test.text))
			require.ErrorIs(t, err, review.ErrInvalid)
			assert.Equal(t, review.Policy{}, p)
		})
	}
}

func TestSampledIsDrawnByTheCase(t *testing.T) {
	t.Parallel()
	p := review.Policy{Version: "2026-11-01", SampleRate: 0.05}
	const cases = 20000
	drawn, moved := 0, 0
	other := review.Policy{Version: "2026-12-01", SampleRate: 0.05}
	for i := range cases {
		id := fmt.Sprintf("c-%d", i)
		if p.Sampled(id) {
			drawn++
		}
		if p.Sampled(id) != other.Sampled(id) {
			moved++
		}
		require.Equal(t, p.Sampled(id), p.Sampled(id))
		require.False(t, review.Policy{Version: "v"}.Sampled(id))
		require.True(t, review.Policy{Version: "v", SampleRate: 1}.Sampled(id))
	}
	assert.InDelta(t, cases*0.05, drawn, cases*0.01)
	assert.Positive(t, moved, "a new version draws anew")
}
