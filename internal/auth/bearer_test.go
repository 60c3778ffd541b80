package auth

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// FuzzParseBearer: what is understood is printed as it was.
func FuzzParseBearer(f *testing.F) {
	id, err := uuid.NewV7()
	require.NoError(f, err)
	sound := printBearer(id, rand.Text())
	got, _, ok := parseBearer(sound)
	require.True(f, ok)
	require.Equal(f, id, got)
	for _, seed := range []string{sound, "", "lg_", "lg__", strings.ToUpper(sound), sound + "A",
		strings.Repeat("_", len(sound)), strings.Repeat("\xff", len(sound))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bearer string) {
		id, secret, ok := parseBearer(bearer)
		if !ok {
			require.Zero(t, id)
			require.Empty(t, secret)
			return
		}
		require.Equal(t, bearer, printBearer(id, secret))
	})
}
