package intake_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

// BenchmarkSubmitAndScan is what an upload costs beside its analysis: two blobs that
// are synced to the disk, reports in two languages, two transactions and, on its way,
// a listing with its letter.
func BenchmarkSubmitAndScan(b *testing.B) {
	db, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	require.NoError(b, db.Migrate(b.Context()))
	r := newRoom(b, db)
	data, text := steps.pack(b), steps.declaration()
	facts, _, err := r.engine.Read(b.Context(), analyzer.File{Bytes: bytes.NewReader(data),
		Size: int64(len(data))}, analyzer.Options{})
	require.NoError(b, err)
	r.Analyzer = func(context.Context, intake.File) (*analyzer.Facts, error) { return facts, nil }
	b.ResetTimer()
	for b.Loop() {
		s, _, err := r.Submit(b.Context(), intake.Upload{File: "notes.apk",
			Body: bytes.NewReader(data), Declaration: text, By: maker})
		require.NoError(b, err)
		require.NoError(b, r.Scan(b.Context(), s.Case))
		require.Equal(b, review.CaseDecided, r.caseOf(b, s.Case).State)
	}
}
