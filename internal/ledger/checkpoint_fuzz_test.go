package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
)

// FuzzOpenCheckpoint: a checkpoint that opens is one that was signed.
func FuzzOpenCheckpoint(f *testing.F) {
	signer, key := keyPair(f, origin, 1)
	foreign, foreignKey := keyPair(f, "other.store/ledger", 3)
	log, _ := filled(f, 5)
	want := checkpoint(f, log, signer)
	f.Add(want.Note)
	f.Add(checkpoint(f, log, foreign).Note)
	f.Add(checkpoint(f, log, signer).Note[:60])
	f.Add("\n\n— a b\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ledger.OpenCheckpoint(text, key, foreignKey)
		if err != nil {
			require.Zero(t, got)
			return
		}
		require.Equal(t, want.Size, got.Size)
		require.Equal(t, want.Root, got.Root)
	})
}
