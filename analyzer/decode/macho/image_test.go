package macho

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures/machofile"
)

func build(t testing.TB, im machofile.Image) []byte {
	t.Helper()
	data, err := machofile.Build(im)
	require.NoError(t, err)
	return data
}

func TestDecodeSelectors(t *testing.T) {
	t.Parallel()
	selectors := []string{"speakUtterance:", "requestPersonalVoiceAuthorization"}
	for _, im := range []machofile.Image{
		{Archs: []string{"arm64"}}, {Archs: []string{"arm64"}, Fixups: "chained"},
		{Archs: []string{"armv7", "arm64"}},
	} {
		im.Selectors, im.Classes = selectors, []string{"Demo"}
		data := build(t, im)
		f := decode(t, data)
		assert.Empty(t, f.Oddities)
		require.Len(t, f.Slices, len(im.Archs))
		for _, s := range f.Slices {
			assert.Equal(t, selectors, names(s.Selectors))
			at := s.Selectors[1].At
			assert.Equal(t, selectors[1], string(data[at:at+int64(len(selectors[1]))]))
		}
		im.CryptID = 1
		for _, s := range decode(t, build(t, im)).Slices {
			assert.Empty(t, s.Selectors, "enciphered names are no names")
		}
	}
}

func TestDecodeFairPlay(t *testing.T) {
	t.Parallel()
	f := decode(t, build(t, machofile.Image{Archs: []string{"armv7", "arm64"}, CryptID: 1,
		Encrypted: []string{"arm64"}, Strings: []string{"hello"}}))
	require.Len(t, f.Slices, 2)
	assert.Zero(t, f.Slices[0].CryptID)
	assert.Zero(t, f.Slices[0].Encrypted.Size)
	assert.Positive(t, f.Slices[0].Encryptable.Size)
	assert.EqualValues(t, 1, f.Slices[1].CryptID)
	assert.Equal(t, f.Slices[1].Encryptable, f.Slices[1].Encrypted)
	assert.False(t, f.Slices[1].Plain)
	assert.Empty(t, f.Oddities)
	flagged := decode(t, build(t, machofile.Image{CryptID: 1, Flagged: true}))
	assert.True(t, flagged.Slices[0].Plain, "without strings the zeros tell")
	assert.Len(t, flagged.Oddities, 1)
}

func TestDecodeLinks(t *testing.T) {
	t.Parallel()
	s := decode(t, build(t, machofile.Image{FileType: "dylib", InstallName: "@rpath/A",
		RPaths: []string{"@executable_path/Frameworks"}, Dylibs: []machofile.Dylib{{Name: "B"}},
		Signing: &machofile.Signing{Identifier: "a"}})).Slices[0]
	assert.Equal(t, "1.0", s.Version)
	assert.Equal(t, "1.0", s.Dylibs[0].Version)
	assert.Equal(t, []string{"@executable_path/Frameworks"}, s.RPaths)
	assert.Positive(t, s.Signature.Size)
}
