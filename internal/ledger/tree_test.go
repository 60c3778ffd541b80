package ledger

import (
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
)

// rfc6962 are the leaves and roots that implementations of RFC 6962 share as test
// vectors: roots[n] is the root over the first n leaves.
var rfc6962 = struct{ leaves, roots []string }{
	leaves: []string{
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f",
	},
	roots: []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	},
}

func TestKnownRoots(t *testing.T) {
	t.Parallel()
	var f frontier
	assert.Equal(t, rfc6962.roots[0], hexOf(f.root()))
	for i, leaf := range rfc6962.leaves {
		data, err := hex.DecodeString(leaf)
		require.NoError(t, err)
		f.push(tlog.RecordHash(data))
		assert.Equal(t, rfc6962.roots[i+1], hexOf(f.root()), "root of %d leaves", i+1)
	}
}

func hexOf(h Hash) string { return hex.EncodeToString(h[:]) }

// TestFrontier compares what is stored with the library's own order.
func TestFrontier(t *testing.T) {
	t.Parallel()
	var f frontier
	var stored []Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (out []Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n := range int64(300) {
		h := tlog.RecordHash(binary.BigEndian.AppendUint64(nil, uint64(n)))
		want, err := tlog.StoredHashesForRecordHash(n, h, reader)
		require.NoError(t, err)
		require.Equal(t, want, f.push(h), "leaf %d", n)
		for range want {
			require.Equal(t, n, rowOf(int64(len(stored))))
			stored = append(stored, Hash{})
		}
		copy(stored[len(stored)-len(want):], want)
		root, err := tlog.TreeHash(n+1, reader)
		require.NoError(t, err)
		require.Equal(t, root, f.root(), "leaf %d", n)
	}
}

func TestLeaf(t *testing.T) {
	t.Parallel()
	// sha256 over 32 bytes 0x01 and the two bytes {}.
	salt := make([]byte, saltSize)
	for i := range salt {
		salt[i] = 1
	}
	assert.Equal(t, "5ef179ff4a27db7045b2d744438932f9689ffaf482eeeb4b1a51740c7d909555",
		hexOf(leafOf(salt, []byte("{}"))))
}
