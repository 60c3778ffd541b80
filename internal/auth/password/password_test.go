package password

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cheap is a cost for tests.
var cheap = Cost{Memory: 64, Passes: 1, Lanes: 1}

const phrase = "correct horse battery"

// reference is its hash by the reference implementation's command:
//
//	argon2 saltsaltsaltsalt -id -t 3 -k 65536 -p 1 -l 32 -e
const reference = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$" +
	"wgf0snOkDG2v9OTglUkCnfKB4az55YF6iShNano0Uwk"

func hasher(t testing.TB, cost Cost, slots int) *Hasher {
	t.Helper()
	h, err := New(cost, slots)
	require.NoError(t, err)
	return h
}

func TestHash(t *testing.T) {
	t.Parallel()
	h := hasher(t, cheap, 2)
	one, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err)
	two, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err)
	assert.NotEqual(t, one, two, "the salt is the same")
	assert.True(t, strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$"), one)
	tests := []struct {
		name, password, hash string
		want                 bool
	}{
		{"right", phrase, one, true},
		{"right_with_another_salt", phrase, two, true},
		{"wrong", phrase + " ", one, false},
		{"empty", "", one, false},
		{"no_hash", phrase, "", false},
		{"no_hash_and_empty", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := h.Verify(t.Context(), tt.password, tt.hash)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// TestDefaultCost: what is stored is what others understand.
func TestDefaultCost(t *testing.T) {
	t.Parallel()
	h := hasher(t, DefaultCost, 1)
	ours, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(ours, "$argon2id$v=19$m=65536,t=3,p=1$"), ours)
	assert.False(t, h.Outdated(ours))
	ok, err := h.Verify(t.Context(), phrase, reference)
	require.NoError(t, err)
	assert.True(t, ok)
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	old, err := hasher(t, cheap, 1).Hash(t.Context(), phrase)
	require.NoError(t, err)
	dearer := hasher(t, Cost{Memory: 64, Passes: 2, Lanes: 1}, 1)
	assert.True(t, dearer.Outdated(old))
	assert.True(t, dearer.Outdated(""))
	ok, err := dearer.Verify(t.Context(), phrase, old)
	require.NoError(t, err)
	assert.True(t, ok, "an old hash is still a hash")
}

func TestParse(t *testing.T) {
	t.Parallel()
	const sound = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" +
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	_, err := parse(sound)
	require.NoError(t, err)
	tests := []struct{ name, old, new string }{
		{"other_function", "argon2id", "argon2i"},
		{"other_version", "v=19", "v=16"},
		{"no_version", "$v=19", ""},
		{"no_memory", "m=64,", ""},
		{"memory_of_a_machine", "m=64", "m=4294967295"},
		{"memory_over_the_word", "m=64", "m=4294967296"},
		{"memory_below_the_lanes", "m=64", "m=4"},
		{"negative", "t=1", "t=-1"},
		{"plus", "t=1", "t=+1"},
		{"leading_zero", "t=1", "t=01"},
		{"no_passes", "t=1", "t=0"},
		{"passes_for_years", "t=1", "t=4294967295"},
		{"no_lanes", "p=1", "p=0"},
		{"lanes_over_the_byte", "p=1", "p=257"},
		{"other_order", "t=1,p=1", "p=1,t=1"},
		{"more_parameters", "p=1", "p=1,x=1"},
		{"padding", "AA$", "AA==$"},
		{"stray_bits", "AA$", "AB$"},
		{"no_salt", "$AAAAAAAAAAAAAAAAAAAAAA$", "$$"},
		{"short_salt", "$AAAAAAAAAAAAAAAAAAAAAA$", "$AAAA$"},
		{"long_salt", "$AAAAAAAAAAAAAAAAAAAAAA$", "$" + strings.Repeat("A", 88) + "$"},
		{"line_end_in_the_salt", "AA$", "\nAA$"},
		{"one_part_more", "$argon2id", "$$argon2id"},
		{"endless", "AA$", strings.Repeat("A", 1<<20) + "$"},
		{"zero_byte", "p=1", "p=1\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(sound, tt.old, tt.new, 1)
			require.NotEqual(t, sound, text)
			got, err := parse(text)
			require.ErrorIs(t, err, ErrMalformed)
			assert.Zero(t, got)
			assert.NotContains(t, err.Error(), "AAAA", "an error quotes the hash")
			ok, err := hasher(t, cheap, 1).Verify(t.Context(), phrase, text)
			require.ErrorIs(t, err, ErrMalformed)
			assert.False(t, ok)
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, cost := range map[string]Cost{
		"nothing": {}, "no_lanes": {64, 1, 0}, "no_passes": {64, 0, 1}, "no_memory": {7, 1, 1},
		"all_memory": {maxMemory + 1, 1, 1},
	} {
		_, err := New(cost, 1)
		require.Error(t, err, name)
	}
	_, err := New(cheap, 0)
	require.Error(t, err)
}

// TestBounded: with its slots taken a hasher computes nothing, and stops waiting
// when its caller does.
func TestBounded(t *testing.T) {
	t.Parallel()
	h := hasher(t, cheap, 2)
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range 8 {
		waiting.Go(func() {
			_, err := h.Hash(ctx, phrase)
			assert.ErrorIs(t, err, context.Canceled)
			ok, err := h.Verify(ctx, phrase, "")
			assert.ErrorIs(t, err, context.Canceled)
			assert.False(t, ok)
		})
	}
	cancel()
	waiting.Wait()
	<-h.slots
	hash, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err, "one slot is free again")
	assert.NotEmpty(t, hash)
	assert.Len(t, h.slots, 1)
}

// FuzzParse: what is understood is printed as it was, and can be computed.
func FuzzParse(f *testing.F) {
	h := hasher(f, cheap, 1)
	sound, err := h.Hash(f.Context(), phrase)
	require.NoError(f, err)
	for _, seed := range []string{sound, reference, "", "$argon2id$v=19$m=8,t=1,p=1$$",
		"$$$$$", sound + "$", strings.ToUpper(sound)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse(text)
		if err != nil {
			require.Zero(t, s)
			return
		}
		require.Equal(t, text, s.String())
		require.NoError(t, s.check())
	})
}
