package store_test

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/store"
)

var (
	one   = filing{"第一批", "2023-06", 1, "算法一", ""}
	two   = filing{"第一批", "2023-06", 2, "算法二", ""}
	three = filing{"第二批", "2023-09", 3, "算法三", ""}
)

func TestImport(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		in := read(t, registry.ListAlgorithm, table(one, two, three))
		in.Fetched = "2026-11-20"
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		require.Len(t, p.Changes, 1)
		assert.Len(t, p.Changes[0].Added, 3)
		assert.Zero(t, p.Changes[0].Unchanged)
		assert.Contains(t, p.Changes[0].Coverage.Batches,
			registry.Batch{Name: "第一批", Published: "2023-06-20", Held: 2, Rows: 41})
		assert.Zero(t, counts(t, db)["registry_rows"], "a preview changes nothing")

		done, err := s.Apply(t.Context(), in, agree(p))
		require.NoError(t, err)
		assert.False(t, done.Unchanged)
		require.Len(t, done.Snapshots, 1)
		got := done.Snapshots[0]
		assert.Equal(t, registry.Counts{Rows: 3, Added: 3}, got.Counts)
		assert.Equal(t, person, got.By)
		assert.Equal(t, []string{"第一批", "第二批"}, got.Holds)
		assert.Equal(t, "2026-11-20", got.Fetched)
		assert.Equal(t, 1, counts(t, db)["ledger_rows"])

		reply := find(t, s, two, "2026-11-22")
		require.Equal(t, registry.Found, reply.Answer)
		assert.Equal(t, []string{"list.csv@2023-09"}, reply.Snapshots)
		assert.Equal(t, in.Snapshots[0].Records[1], reply.Records[0])
		assert.Equal(t, registry.Absent, find(t, s, filing{serial: 9}, "").Answer)

		list, next, err := s.Snapshots(t.Context(), registry.Algorithm, "")
		require.NoError(t, err)
		assert.Equal(t, done.Snapshots, list)
		assert.Empty(t, next)
		assert.Equal(t, []registry.Batch{
			{Name: "第一批", Published: "2023-06-20", Held: 2, Rows: 41},
			{Name: "第二批", Published: "2023-09-01", Held: 1, Rows: 110},
		}, list[0].Coverage.Batches)
		again, err := s.Snapshot(t.Context(), got.ID)
		require.NoError(t, err)
		assert.Equal(t, got, again)
	})
}

func TestImportIsInTheLedger(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		in := read(t, registry.ListAlgorithm, table(one, two, three))
		done := bring(t, open(db), in)
		rows, err := database.NewLedger(db).Rows(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, ledger.RegistryChange, rows[0].Kind)
		assert.Equal(t, done.Snapshots[0].ID, rows[0].Subject)
		assert.True(t, done.Snapshots[0].At.Equal(rows[0].Time))
		var body map[string]any
		require.NoError(t, json.Unmarshal(rows[0].Body, &body))
		assert.Len(t, body["rows"], 64)
		delete(body, "rows")
		assert.Equal(t, map[string]any{
			"list": "algo", "series": "algorithm", "source": "list.csv",
			"sha256": in.Snapshots[0].SHA256, "published": "2023-09", "fetched": "",
			"by": map[string]any{"id": "person-1", "name": "审核员甲"},
			"counts": map[string]any{"rows": 3.0, "added": 3.0, "changed": 0.0, "withdrawn": 0.0,
				"unchanged": 0.0, "rejected": 0.0},
		}, body)
		v, err := ledger.New(database.NewLedger(db), rand.Reader).Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, v.Size)
	})
}

func TestTheSameFileAgain(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		first := bring(t, s, read(t, registry.ListAlgorithm, table(one, two)))
		before := counts(t, db)

		in := read(t, registry.ListAlgorithm, table(one, two))
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		assert.True(t, p.Unchanged())
		require.NotNil(t, p.Changes[0].Again)
		assert.Equal(t, first.Snapshots[0], *p.Changes[0].Again)
		done, err := s.Apply(t.Context(), in, registry.Consent{By: person})
		require.NoError(t, err, "there is nothing to agree to")
		assert.True(t, done.Unchanged)
		assert.Equal(t, first.Snapshots, done.Snapshots)
		assert.Equal(t, before, counts(t, db))

		// An older file changes nothing either, once a newer one has come.
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		before = counts(t, db)
		done = bring(t, s, in)
		assert.True(t, done.Unchanged)
		assert.Empty(t, done.Snapshots[0].Holds)
		assert.Equal(t, before, counts(t, db))
		assert.Equal(t, registry.Absent, find(t, s, two, "").Answer)
	})
}

// TestChangedRows has one row of a batch that says something else, one that is gone,
// one that came, one that only was read elsewhere, and a batch that is not in the
// file.
func TestChangedRows(t *testing.T) {
	t.Parallel()
	four, five := filing{"第一批", "2023-06", 4, "算法四", ""}, filing{"第一批", "2023-06", 5, "算法五", ""}
	renamed := one
	renamed.name, renamed.remark = "改名算法", "2026年更名"
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		first := bring(t, s, read(t, registry.ListAlgorithm, table(one, two, three, five)))
		in := read(t, registry.ListAlgorithm, table(renamed, four, five))
		in.Snapshots[0].Records[2].Origin = "read elsewhere"
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		c := p.Changes[0]
		require.Len(t, c.Changed, 1)
		assert.Equal(t, "算法一", c.Changed[0].Old.Name)
		assert.Equal(t, "改名算法", c.Changed[0].New.Name)
		require.Len(t, c.Withdrawn, 1)
		assert.Equal(t, "算法二", c.Withdrawn[0].Name)
		require.Len(t, c.Added, 1)
		assert.Equal(t, "算法四", c.Added[0].Name)
		assert.Equal(t, 1, c.Unchanged)

		second := bring(t, s, in)
		assert.Equal(t, registry.Counts{Rows: 3, Added: 1, Changed: 1, Withdrawn: 1, Unchanged: 1},
			second.Snapshots[0].Counts)
		assert.Equal(t, "改名算法", find(t, s, one, "").Records[0].Name)
		assert.Equal(t, registry.Absent, find(t, s, two, "").Answer)
		assert.Equal(t, registry.Found, find(t, s, three, "").Answer, "another batch")
		assert.Equal(t, registry.Absent, find(t, s, three, "2023-08-31").Answer)
		assert.Equal(t, registry.Found, find(t, s, one, "2023-08-31").Answer)

		knownBefore(t, s, first.Snapshots[0].At, second.Snapshots[0].At)
		versions, err := s.Versions(t.Context(), registry.Algorithm, one.number())
		require.NoError(t, err)
		require.Len(t, versions, 2)
		assert.Equal(t, "算法一", versions[0].Name)
		assert.Equal(t, registry.Amended, versions[0].Ended)
		assert.Equal(t, first.Snapshots[0].ID, versions[0].Snapshot)
		assert.Equal(t, second.Snapshots[0].ID, versions[0].EndedBy)
		assert.Equal(t, versions[0].Until, versions[1].From)
		assert.Zero(t, versions[1].Until)
		gone, err := s.Row(t.Context(), c.Withdrawn[0].Record.ID())
		require.NoError(t, err)
		assert.Equal(t, registry.Withdrawn, gone.Ended)
		assert.Equal(t, second.Snapshots[0].At, gone.Until)

		list, _, err := s.Snapshots(t.Context(), "", "")
		require.NoError(t, err)
		assert.Equal(t, []string{"第一批"}, list[0].Holds)
		assert.Equal(t, []string{"第二批"}, list[1].Holds)
	})
}

// knownBefore asks for what was known before and at the second import.
func knownBefore(t *testing.T, s *store.Store, first, second time.Time) {
	t.Helper()
	for _, tt := range []struct {
		at   time.Time
		name string
		two  registry.Answer
	}{
		{first.Add(-time.Millisecond), "", registry.NotAsked},
		{first, "算法一", registry.Found},
		{second.Add(-time.Millisecond), "算法一", registry.Found},
		{second, "改名算法", registry.Absent},
	} {
		l, err := s.KnownAt(t.Context(), tt.at)
		require.NoError(t, err)
		reply := l.Find(registry.Algorithm, one.number(), "")
		if tt.name == "" {
			assert.Equal(t, registry.NotAsked, reply.Answer)
			assert.Empty(t, l.Snapshots())
		} else {
			require.Len(t, reply.Records, 1)
			assert.Equal(t, tt.name, reply.Records[0].Name)
		}
		assert.Equal(t, tt.two, l.Find(registry.Algorithm, two.number(), "").Answer)
	}
}

func TestWithdrawnRowsComeBack(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one, two)))
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		rows, _, err := s.Search(t.Context(), registry.Query{State: registry.StateWithdrawn})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		bring(t, s, read(t, registry.ListAlgorithm, table(two, one)))
		versions, err := s.Versions(t.Context(), registry.Algorithm, two.number())
		require.NoError(t, err)
		require.Len(t, versions, 2)
		assert.Equal(t, registry.Withdrawn, versions[0].Ended)
		assert.Empty(t, versions[1].Ended)
		assert.Equal(t, versions[0].ID, versions[1].ID, "it says the same")
		rows, _, err = s.Search(t.Context(), registry.Query{State: registry.StateWithdrawn})
		require.NoError(t, err)
		assert.Empty(t, rows)
		now, err := s.Row(t.Context(), versions[0].ID)
		require.NoError(t, err)
		assert.Zero(t, now.Until, "the newest version of these words")
	})
}

// TestRejectedRows: what could not be read is left out with consent alone, kept with
// the import, and takes nothing away that is held.
func TestRejectedRows(t *testing.T) {
	t.Parallel()
	broken := two
	broken.name = ""
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one, two)))
		before := counts(t, db)
		in := read(t, registry.ListAlgorithm, table(one, broken, three))
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		require.Len(t, p.Rejected, 1)
		assert.Equal(t, 3, p.Rejected[0].Line)
		assert.Empty(t, p.Changes[0].Withdrawn)
		require.Len(t, p.Changes[0].Unread, 1)
		assert.Equal(t, "算法二", p.Changes[0].Unread[0].Name)

		c := agree(p)
		c.LeaveOut = false
		_, err = s.Apply(t.Context(), in, c)
		require.ErrorIs(t, err, registry.ErrUnread)
		var refused *registry.Refused
		require.ErrorAs(t, err, &refused)
		assert.Contains(t, refused.Why.ZH, "第3行")
		assert.Contains(t, refused.Why.EN, "line 3")
		assert.Equal(t, before, counts(t, db))

		done := bring(t, s, in)
		assert.Equal(t, 1, done.Snapshots[0].Counts.Rejected)
		assert.Equal(t, p.Rejected, done.Snapshots[0].Rejected)
		assert.Equal(t, registry.Found, find(t, s, two, "").Answer)
		assert.Equal(t, 2, held(t, s, "第一批"))

		// The same bytes with all rows read are another file.
		mended := read(t, registry.ListAlgorithm, table(one, two, three))
		mended.Snapshots[0].SHA256 = in.Snapshots[0].SHA256
		assert.False(t, bring(t, s, mended).Unchanged)
	})
}

func held(t *testing.T, s *store.Store, batch string) int {
	t.Helper()
	l, err := s.Lookup(t.Context())
	require.NoError(t, err)
	for _, b := range registry.Algorithm.Coverage(l).Batches {
		if b.Name == batch {
			return b.Held
		}
	}
	return 0
}

func TestStalePreview(t *testing.T) {
	t.Parallel()
	renamed, again := one, one
	renamed.name, again.name = "改名算法", "又改名"
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		in := read(t, registry.ListAlgorithm, table(renamed))
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		bring(t, s, read(t, registry.ListAlgorithm, table(again)))
		before := counts(t, db)
		_, err = s.Apply(t.Context(), in, agree(p))
		require.ErrorIs(t, err, registry.ErrStale)
		assert.Equal(t, before, counts(t, db))
		assert.Equal(t, "又改名", find(t, s, one, "").Records[0].Name)

		// What touches other batches does not make it stale.
		p, err = s.Preview(t.Context(), in)
		require.NoError(t, err)
		bring(t, s, read(t, registry.ListAlgorithm, table(three)))
		_, err = s.Apply(t.Context(), in, agree(p))
		require.NoError(t, err)
	})
}
