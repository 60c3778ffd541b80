package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/store"
)

// seeded returns the registry with the rows of the program.
func seeded(t testing.TB, db *database.DB) *store.Store {
	t.Helper()
	s := open(db)
	snapshots, err := builtin.Snapshots()
	require.NoError(t, err)
	done, err := s.Seed(t.Context(), snapshots)
	require.NoError(t, err)
	require.Len(t, done, 3, "one a list")
	return s
}

// claims are those of every row that comes with the program, and of each with what a
// person gets wrong: one at a time, so that ladders end on every rung.
func claims(t *testing.T) []registry.Claim {
	t.Helper()
	snapshots, err := builtin.Snapshots()
	require.NoError(t, err)
	swap := []registry.Use{{Capability: "face_swap", Words: []string{"换脸"}}}
	var all []registry.Claim
	for _, s := range snapshots {
		for i, r := range s.Records {
			var names []string
			for _, p := range r.Products {
				names = append(names, p.Name)
			}
			c := registry.Claim{Series: s.Series, Number: r.Number, Entity: r.Entity,
				AppNames: names, Uses: swap[:i%2]}
			if s.Series == registry.Cancellation {
				c.Series = registry.Algorithm
			}
			all = append(all, c)
			switch i % 9 {
			case 0:
				c.Entity = "另一家有限公司"
			case 1:
				c.AppNames = []string{"另一个应用"}
			case 2:
				c.Number = strings.Replace(c.Number, "0", "1", 1)
			case 3:
				c.Number = strings.Replace(c.Number, "0", "", 1)
			case 4:
				c.AsOf = r.Published
			case 5:
				c.AsOf = "2024-06-30"
			case 6:
				c.Series = registry.GenAIFiled
			case 7:
				c.Series = registry.GenAIListed
			case 8:
				c.Entity = ""
			}
			all = append(all, c)
		}
	}
	return append(all, registry.Claim{Series: registry.AppFiling, Number: "沪ICP备2025152989号-1A"},
		registry.Claim{Series: registry.Assessment, Number: "1"},
		registry.Claim{Series: registry.Algorithm, Number: "已备案"},
		registry.Claim{Series: registry.Algorithm, Number: "网信算备440304083805101230015号",
			AsOf: "2023-01-01"})
}

// TestLadderIsTheSame climbs over the database and over memory.
func TestLadderIsTheSame(t *testing.T) {
	t.Parallel()
	memory, err := builtin.Embedded()
	require.NoError(t, err)
	all := claims(t)
	require.Greater(t, len(all), 700)
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := seeded(t, db)
		now, err := s.Lookup(t.Context())
		require.NoError(t, err)
		then, err := s.KnownAt(t.Context(), new(clock).now().AddDate(1, 0, 0))
		require.NoError(t, err)
		ends := map[registry.StepName]int{}
		for _, l := range []registry.Lookup{now, then} {
			require.Empty(t, cmp.Diff(memory.Snapshots(), l.Snapshots()))
			for _, c := range all {
				want := registry.Cover(memory, c)
				require.Empty(t, cmp.Diff(want, registry.Cover(l, c)), "%+v", c)
				i := slices.IndexFunc(want.Steps, func(s registry.Step) bool {
					return s.Outcome == registry.Failed || s.Outcome == registry.Unclear
				})
				if i >= 0 {
					ends[want.Steps[i].Step]++
				}
			}
		}
		require.NoError(t, now.Err())
		assert.Greater(t, len(ends), 6, "ladders end on many rungs: %v", ends)
	})
}

// TestLadderOverSplitLists: lists that come in parts are the same as whole ones, in
// what they answer and in what they cover.
func TestLadderOverSplitLists(t *testing.T) {
	t.Parallel()
	memory, err := builtin.Embedded()
	require.NoError(t, err)
	snapshots, err := builtin.Snapshots()
	require.NoError(t, err)
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		for _, snap := range snapshots {
			for i, part := range split(snap) {
				bring(t, s, part)
				if snap.Series == registry.Cancellation {
					l, err := s.Lookup(t.Context())
					require.NoError(t, err)
					assert.Equal(t, i == 1, registry.Cancellation.Coverage(l).Complete)
				}
			}
		}
		l, err := s.Lookup(t.Context())
		require.NoError(t, err)
		for _, snap := range snapshots {
			assert.Equal(t, snap.Series.Held(memory), snap.Series.Held(l))
			for _, r := range snap.Records {
				assert.Equal(t, memory.Find(snap.Series, r.Number, "").Records,
					l.Find(snap.Series, r.Number, "").Records)
			}
		}
		for _, c := range claims(t) {
			assert.Empty(t, cmp.Diff(outcomes(registry.Cover(memory, c)),
				outcomes(registry.Cover(l, c))), "%+v", c)
		}
	})
}

// split makes two imports of a snapshot, of every other batch.
func split(snap registry.Snapshot) [2]registry.Import {
	var parts [2]registry.Import
	for i := range parts {
		part := snap
		part.Records, part.Published = nil, ""
		part.SHA256 = snap.SHA256[:63] + string("01"[i])
		for j, b := range snap.Coverage.Batches {
			for _, r := range snap.Records {
				if r.Batch == b.Name && j%2 == i {
					part.Records = append(part.Records, r)
					part.Published = max(part.Published, r.Published)
				}
			}
		}
		parts[i] = registry.Import{List: registry.ListOf(snap.Series),
			Snapshots: []registry.Snapshot{part}}
	}
	return parts
}

func outcomes(l registry.Ladder) []registry.Outcome {
	var all []registry.Outcome
	for _, s := range l.Steps {
		all = append(all, s.Outcome)
	}
	return all
}

// TestLookupKeepsItsState: an import in between changes no answer of it.
func TestLookupKeepsItsState(t *testing.T) {
	t.Parallel()
	renamed := one
	renamed.name = "改名算法"
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		l, err := s.Lookup(t.Context())
		require.NoError(t, err)
		bring(t, s, read(t, registry.ListAlgorithm, table(renamed, two)))
		assert.Equal(t, "算法一", l.Find(registry.Algorithm, one.number(), "").Records[0].Name)
		assert.Equal(t, registry.Absent, l.Find(registry.Algorithm, two.number(), "").Answer)
	})
}

// TestCoverageOfReplacedBatches counts what is held, not what was once imported.
func TestCoverageOfReplacedBatches(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		first := bring(t, s, read(t, registry.ListAlgorithm, table(one, two, three)))
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		assert.Equal(t, 1, held(t, s, "第一批"))
		assert.Equal(t, 1, held(t, s, "第二批"))
		l, err := s.Lookup(t.Context())
		require.NoError(t, err)
		assert.Contains(t, registry.Algorithm.Held(l).ZH,
			"持有第一批(1/41)、第二批(1/110)；缺第三批(129行)")
		assert.Len(t, l.Snapshots(), 2)
		l, err = s.KnownAt(t.Context(), first.Snapshots[0].At)
		require.NoError(t, err)
		assert.Contains(t, registry.Algorithm.Held(l).ZH, "持有第一批(2/41)、第二批(1/110)")
		bring(t, s, read(t, registry.ListAlgorithm, table(three)))
		l, err = s.Lookup(t.Context())
		require.NoError(t, err)
		assert.Len(t, l.Snapshots(), 2, "the first answers for nothing any more")
	})
}

func TestSeed(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := seeded(t, db)
		before := counts(t, db)
		assert.Equal(t, 4, before["ledger_rows"], "one a series")
		assert.Equal(t, 376, before["registry_rows"])
		snapshots, err := builtin.Snapshots()
		require.NoError(t, err)
		done, err := s.Seed(t.Context(), snapshots)
		require.NoError(t, err)
		require.Len(t, done, 3)
		for _, d := range done {
			assert.True(t, d.Unchanged)
		}
		assert.Equal(t, before, counts(t, db))
		list, _, err := s.Snapshots(t.Context(), registry.GenAIListed, "")
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, "system", list[0].By.ID)
		assert.Equal(t, "2026-09-15", list[0].Fetched)

		// A newer program brings more, but not where a person has imported.
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		newer := slices.Clone(snapshots)
		for i := range newer {
			newer[i].Records = newer[i].Records[1:]
		}
		done, err = s.Seed(t.Context(), newer)
		require.NoError(t, err)
		assert.Len(t, done, 2)
		for series, want := range map[registry.Series]int{registry.Algorithm: 41,
			registry.Cancellation: 1, registry.GenAIFiled: 1, registry.GenAIListed: 1} {
			rows, _, err := s.Search(t.Context(), registry.Query{Series: series,
				State: registry.StateWithdrawn})
			require.NoError(t, err)
			assert.Equal(t, want, len(rows), series)
		}
	})
}

func TestSeedOfManyProcesses(t *testing.T) {
	t.Parallel()
	snapshots, err := builtin.Snapshots()
	require.NoError(t, err)
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		errs := make(chan error)
		for range 3 {
			s := open(storetest.Open(t, source))
			go func() {
				_, err := s.Seed(context.WithoutCancel(t.Context()), snapshots)
				errs <- err
			}()
		}
		for range 3 {
			require.NoError(t, <-errs)
		}
		assert.Equal(t, 4, counts(t, db)["ledger_rows"])
	})
}
