package review_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func TestPossible(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		app     review.AppState
		release review.ReleaseState
		role    review.Role
		want    []string
	}{
		{"first_submission", review.AppUnlisted, review.ReleaseSubmitted, review.RoleReviewer,
			[]string{"list", "ask", "refuse"}},
		{"update_of_a_suspended", review.AppSuspended, review.ReleaseSubmitted,
			review.RoleReviewer, []string{"ask", "refuse", "suspend/downloads",
				"suspend/updates", "suspend/versions", "suspend/function", "remove"}},
		{"the_same_by_a_senior", review.AppSuspended, review.ReleaseSubmitted,
			review.RoleSenior, []string{"list", "ask", "refuse", "suspend/downloads",
				"suspend/updates", "suspend/versions", "suspend/function", "remove"}},
		{"inspection", review.AppWarned, review.ReleaseListed, review.RoleReviewer,
			[]string{"ask", "warn", "suspend/downloads", "suspend/updates",
				"suspend/versions", "suspend/function", "remove", "reinstate"}},
		{"auditor", review.AppListed, review.ReleaseListed, review.RoleAuditor, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, a := range review.Possible(test.app, test.release, test.role) {
				got = append(got, string(a.Event()))
			}
			assert.Empty(t, cmp.Diff(test.want, got))
		})
	}
}

// The measures of the code and those of the edition are the same.
func TestMeasuresAreThoseOfTheLaw(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, m := range edition(t).Measures {
		ids = append(ids, m.ID)
		if m.ID == string(review.MeasureSuspend) {
			assert.Equal(t, m.Scopes, texts(review.Scopes()))
		}
	}
	assert.Equal(t, ids, texts(review.Measures()))
}

// What is stored as JSON comes back as it was.
func TestCaseSurvivesJSON(t *testing.T) {
	t.Parallel()
	_, f := proposal(t, consequence(review.MeasureRemove, ""))
	approved, err := review.Approve(f)
	require.NoError(t, err)
	text, err := json.Marshal(approved)
	require.NoError(t, err)
	var got review.Outcome
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Empty(t, cmp.Diff(approved, got))
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte("schema: listgate.policy/v1\nversion: a\nsample_rate: 0.5\nlease: 30m\n"))
	f.Add([]byte("schema: listgate.policy/v1\nversion: a\nremedy_working_days: {B: 5}\n"))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := review.ParsePolicy(text)
		if err != nil {
			require.ErrorIs(t, err, review.ErrInvalid)
			require.Equal(t, review.Policy{}, p)
			return
		}
		require.NotEmpty(t, p.Version)
		require.True(t, p.SampleRate >= 0 && p.SampleRate <= 1)
	})
}
