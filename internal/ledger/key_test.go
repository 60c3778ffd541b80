package ledger_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
)

func keyFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestGenerateKey(t *testing.T) {
	t.Parallel()
	private, public, err := ledger.GenerateKey(rand.Reader, origin)
	require.NoError(t, err)
	again, _, err := ledger.GenerateKey(rand.Reader, origin)
	require.NoError(t, err)
	assert.NotEqual(t, private, again)
	signer, err := ledger.ReadSigner(keyFile(t, private))
	require.NoError(t, err)
	_, other, err := ledger.GenerateKey(ledgertest.Salts(4), origin)
	require.NoError(t, err)
	keys, err := ledger.ReadVerifiers(keyFile(t, "# since 2025\n"+other+"\n  "+public))
	require.NoError(t, err)
	require.Len(t, keys, 2)
	signed, err := note.Sign(&note.Note{Text: "x\n"}, signer)
	require.NoError(t, err)
	_, err = note.Open(signed, note.VerifierList(keys...))
	require.NoError(t, err)
	for _, name := range []string{"", "a b", "a+b", "a\n", "\xff", strings.Repeat("x", 201)} {
		_, _, err := ledger.GenerateKey(rand.Reader, name)
		require.Error(t, err, "%q", name)
	}
}

func TestReadKeysRefuses(t *testing.T) {
	t.Parallel()
	private, public, err := ledger.GenerateKey(ledgertest.Salts(1), origin)
	require.NoError(t, err)
	cases := []struct{ name, text string }{
		{"empty", ""},
		{"comments_alone", "# a key\n\n"},
		{"no_key", "hello\n"},
		{"cut_short", public[:len(public)-5]},
		{"other_name", "x" + public},
		{"too_large", strings.Repeat("#", 64<<10+1)},
		{"too_many", strings.Repeat(public, 101)},
		{"binary", "\x00\xff\x00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			keys, err := ledger.ReadVerifiers(keyFile(t, c.text))
			require.Error(t, err)
			assert.Nil(t, keys)
			signer, err := ledger.ReadSigner(keyFile(t, c.text))
			require.Error(t, err)
			assert.Nil(t, signer)
		})
	}
	_, err = ledger.ReadVerifiers(keyFile(t, private))
	require.ErrorContains(t, err, "private")
	secret := private[strings.LastIndex(private, "+")+1 : len(private)-1]
	assert.NotContains(t, err.Error(), secret, "an error goes into a log")
	_, err = ledger.ReadSigner(keyFile(t, private[:len(private)-9]+"\n"))
	require.Error(t, err)
	assert.NotContains(t, err.Error(), secret[:20])
	_, err = ledger.ReadSigner(keyFile(t, private+private))
	require.Error(t, err, "which of the two?")
	_, err = ledger.ReadSigner(filepath.Join(t.TempDir(), "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = ledger.ReadVerifiers(t.TempDir())
	require.Error(t, err, "a folder")
}
