package review_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// golden compares with testdata/name; UPDATE_GOLDEN rewrites the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(string(want), got))
}

// machine is one state table as a function of text.
type machine struct {
	name   string
	states []string
	after  func(state string, on review.Event, by review.Role) (string, error)
}

func machines() []machine {
	return []machine{
		{"case", texts(review.CaseStates()), func(s string, on review.Event,
			by review.Role) (string, error) {
			to, err := review.Place{State: review.CaseState(s), Rest: "(rest)"}.After(on, by)
			return string(to.State), err
		}},
		{"app", texts(review.AppStates()), func(s string, on review.Event,
			by review.Role) (string, error) {
			to, err := review.AppState(s).After(on, by)
			return string(to), err
		}},
		{"release", texts(review.ReleaseStates()), func(s string, on review.Event,
			by review.Role) (string, error) {
			to, err := review.ReleaseState(s).After(on, by)
			return string(to), err
		}},
	}
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func allEvents() []review.Event {
	var out []review.Event
	for _, a := range review.Acts() {
		out = append(out, a.Event())
	}
	return append(out, review.Events()...)
}

// TestTables prints every state, every measure and every role, and of the other
// events those that lead anywhere. A row that is not printed is refused to all.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			golden(t, "states/"+m.name+".txt", m.table(t))
		})
	}
}

func (m machine) table(t *testing.T) string {
	t.Helper()
	require.NotEmpty(t, m.states)
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s%-20s%-20s", m.name, "on", "to")
	for _, r := range review.Roles() {
		fmt.Fprintf(&b, "%-10s", r)
	}
	b.WriteString("\n")
	for _, state := range m.states {
		b.WriteString("\n")
		for _, on := range allEvents() {
			b.WriteString(m.row(t, state, on))
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

func (m machine) row(t *testing.T, state string, on review.Event) string {
	t.Helper()
	target, cells := "", ""
	for _, role := range review.Roles() {
		to, err := m.after(state, on, role)
		if err != nil {
			assert.Equal(t, state, to, "what is refused changes nothing")
			checkRefused(t, err)
			cells += fmt.Sprintf("%-10s", ".")
			continue
		}
		assert.True(t, target == "" || target == to, "one event leads to one state")
		target = to
		cells += fmt.Sprintf("%-10s", "yes")
	}
	isMeasure := slices.ContainsFunc(review.Acts(), func(a review.Act) bool {
		return a.Event() == on
	})
	if target == "" && !isMeasure {
		return ""
	}
	if target == "" {
		target = "-"
	}
	return strings.TrimRight(fmt.Sprintf("%-20s%-20s%-20s%s", state, on, target, cells), " ") + "\n"
}

func checkRefused(t *testing.T, err error) {
	t.Helper()
	var transition *review.TransitionError
	require.ErrorAs(t, err, &transition)
	assert.NotEqual(t, errors.Is(err, review.ErrConflict), errors.Is(err, review.ErrForbidden))
	p := transition.Problem()
	assert.NotEmpty(t, p.Message.ZH)
	assert.NotEmpty(t, p.Message.EN)
	assert.NotContains(t, p.Message.EN, "%!")
}

func TestNobodyButReviewersMovesAnythingByAMeasure(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		for _, state := range m.states {
			for _, a := range review.Acts() {
				for _, role := range []review.Role{review.RoleDeveloper, review.RoleAuditor,
					review.RoleAdmin, ""} {
					_, err := m.after(state, a.Event(), role)
					assert.Error(t, err, "%s %s %s %s", m.name, state, a.Event(), role)
				}
				if a.Measure != review.MeasureList {
					_, err := m.after(state, a.Event(), review.RolePipeline)
					assert.Error(t, err, "a program took %s in %s", a.Event(), state)
				}
			}
		}
	}
}

func TestUnknownStatesAndEventsLeadNowhere(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		_, err := m.after("nowhere", "list", review.RoleSenior)
		assert.ErrorIs(t, err, review.ErrConflict, m.name)
		_, err = m.after(m.states[0], "nothing", review.RoleSenior)
		assert.ErrorIs(t, err, review.ErrConflict, m.name)
	}
}

// Every state is reached, and every state but the ends of a release is left.
func TestStatesAreReachedAndLeft(t *testing.T) {
	t.Parallel()
	first := map[string]string{"case": "received", "app": "unlisted", "release": "submitted"}
	ends := map[string][]string{"release": {"withdrawn", "superseded"}}
	for _, m := range machines() {
		reached, left := map[string]bool{first[m.name]: true}, map[string]bool{}
		for _, state := range m.states {
			for _, on := range allEvents() {
				for _, role := range review.Roles() {
					if to, err := m.after(state, on, role); err == nil && to != state {
						reached[to], left[state] = true, true
					}
				}
			}
		}
		for _, state := range m.states {
			assert.True(t, reached[state], "%s %s is never reached", m.name, state)
			assert.Equal(t, !slices.Contains(ends[m.name], state), left[state],
				"%s %s is left", m.name, state)
		}
	}
}

func TestCaseReturnsToWhereItRested(t *testing.T) {
	t.Parallel()
	resting := []review.CaseState{review.CaseWaiting, review.CaseScanFailed,
		review.CaseReopened, review.CaseAppealed}
	ways := map[string][]review.Event{
		"given_up":      {review.EventClaim, review.EventUnclaim},
		"run_out":       {review.EventClaim, review.EventLeaseExpired},
		"held":          {review.EventHold, review.EventResume},
		"held_by_claim": {review.EventClaim, review.EventHold, review.EventResume},
		"rejected":      {review.EventClaim, "suspend/downloads", review.EventReject},
		"retracted":     {review.EventClaim, review.EventPropose, review.EventRetract},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, state := range resting {
				place := review.Place{State: state}
				for _, on := range way {
					next, err := place.After(on, review.RoleSenior)
					require.NoError(t, err)
					place = next
				}
				assert.Equal(t, review.Place{State: state}, place)
			}
		})
	}
}

func TestRefusingAnUpdateLeavesTheListedRelease(t *testing.T) {
	t.Parallel()
	app, err := review.AppListed.After("refuse", review.RoleReviewer)
	require.NoError(t, err)
	assert.Equal(t, review.AppListed, app)
	_, err = review.ReleaseListed.After("refuse", review.RoleReviewer)
	assert.ErrorIs(t, err, review.ErrConflict)
}

func TestCaseEvents(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []review.Event{review.EventClaim},
		slices.DeleteFunc(review.CaseEvents(review.CaseWaiting, review.RoleReviewer),
			func(e review.Event) bool {
				return e != review.EventClaim && e != "list"
			}), "a reviewer claims what waits, and lists nothing yet")
	assert.Contains(t, review.CaseEvents(review.CaseProposed, review.RoleSenior),
		review.EventApprove)
	assert.NotContains(t, review.CaseEvents(review.CaseProposed, review.RoleReviewer),
		review.EventApprove)
	for _, state := range review.CaseStates() {
		assert.Empty(t, review.CaseEvents(state, review.RoleAuditor))
		for _, on := range review.CaseEvents(state, review.RoleSenior) {
			_, err := review.Place{State: state}.After(on, review.RoleSenior)
			assert.NoError(t, err)
		}
	}
}

func TestEverythingHasAName(t *testing.T) {
	t.Parallel()
	var names []interface{ In(string) string }
	for _, e := range allEvents() {
		names = append(names, e.Name())
	}
	for _, r := range review.Roles() {
		names = append(names, r.Name())
	}
	for _, s := range review.CaseStates() {
		names = append(names, s.Name())
	}
	for _, s := range review.AppStates() {
		names = append(names, s.Name())
	}
	for _, s := range review.ReleaseStates() {
		names = append(names, s.Name())
	}
	for _, r := range []review.Route{review.Clear, review.Review, review.Blocked,
		review.CannotTell} {
		names = append(names, r.Name())
	}
	for _, k := range []review.PointerKind{review.PointFinding, review.PointCapability,
		review.PointCheck, review.PointRegistry, review.PointDocument, review.PointAnomaly,
		review.PointGap, review.PointRoute, review.PointScan} {
		names = append(names, k.Name())
	}
	require.NotEmpty(t, names)
	for _, n := range names {
		assert.NotEqual(t, n.In("zh"), n.In("en"))
	}
	assert.Equal(t, "elsewhere", review.CaseState("elsewhere").Name().EN)
}
