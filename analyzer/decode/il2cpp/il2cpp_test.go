package il2cpp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/il2cpp"
	"github.com/listgate/listgate/fixtures/programfile"
)

func metadata(t testing.TB, version int) []byte {
	t.Helper()
	data, err := programfile.BuildMetadata(programfile.Metadata{Version: version,
		Literals:   []string{"https://api.deepseek.com/v1", "一键换脸", ""},
		Assemblies: []string{"Assembly-CSharp", "UnityEngine.CoreModule"},
		Types:      []string{"FaceUnity.Renderer", "Own"}})
	require.NoError(t, err)
	return data
}

// all reads everything that a file says.
func all(data []byte) (out []string, err error) {
	f, err := il2cpp.Decode(data)
	if err != nil {
		return nil, err
	}
	if err := f.Literals(func(s il2cpp.String) bool {
		out = append(out, "literal "+s.Text)
		return s.Text == "" || strings.HasPrefix(string(data[s.At:]), s.Text)
	}); err != nil {
		return nil, err
	}
	f.Assemblies(func(s il2cpp.String) bool {
		out = append(out, "assembly "+s.Text)
		return strings.HasPrefix(string(data[s.At:]), s.Text)
	})
	return out, f.Types(func(y il2cpp.Type) bool {
		out = append(out, fmt.Sprintf("type %s.%s", y.Namespace, y.Name))
		return strings.HasPrefix(string(data[y.At:]), y.Name)
	})
}

func TestDecode(t *testing.T) {
	t.Parallel()
	want := []string{"literal https://api.deepseek.com/v1", "literal 一键换脸", "literal ",
		"assembly Assembly-CSharp", "assembly UnityEngine.CoreModule", "type .<Module>",
		"type FaceUnity.Renderer", "type .Own"}
	for _, version := range []int{16, 22, 24, 27, 29, 31, 35, 39} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			got, err := all(metadata(t, version))
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(want, got))
		})
	}
}

func decode(data []byte) (bool, error) {
	out, err := all(data)
	return len(out) > 0 && err == nil, err
}

func put(data []byte, at int, v uint32) []byte {
	for i := range 4 {
		data[at+i] = byte(v >> (8 * i))
	}
	return data
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"another_magic":      []byte("\xaf\x1b\xb1\xfb" + strings.Repeat("\x00", 400)),
		"head_alone":         []byte(il2cpp.Magic + "\x1d\x00\x00\x00"),
		"literals_past_it":   put(metadata(t, 29), 12, 1<<31),
		"tables_apart":       put(metadata(t, 29), 16, 0),
		"names_past_it":      put(metadata(t, 29), 28, 1<<31),
		"types_of_odd_size":  put(metadata(t, 29), 8+19*8+4, 50),
		"a_literal_too_long": put(metadata(t, 29), 8+32*8, 1<<20),
		"a_literal_behind":   put(metadata(t, 29), 8+32*8+4, 1<<20),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, metadata(t, 29), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{metadata(f, 24), metadata(f, 29), metadata(f, 35), metadata(f, 39)},
		func(data []byte) (bool, error) {
			_, err := all(data)
			return err == nil, err
		})
}
