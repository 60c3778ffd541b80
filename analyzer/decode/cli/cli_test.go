package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/cli"
	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/fixtures/programfile"
)

func assembly() []byte {
	return programfile.BuildAssembly(programfile.Assembly{Name: "Assembly-CSharp",
		Version: [4]int{1, 2, 3, 4}, References: []string{"mscorlib", "LLamaSharp"},
		Libraries: []string{"CNamaSDK"}, Types: []string{"FaceUnity.Renderer", "Own"},
		Strings: []string{"https://api.deepseek.com/v1", "一键换脸", strings.Repeat("long ", 60)}})
}

func root(t testing.TB, data []byte) int {
	t.Helper()
	at := cli.Find(data, 0)
	require.Positive(t, at)
	return at
}

func TestDecode(t *testing.T) {
	t.Parallel()
	data := assembly()
	m, err := cli.Decode(data, root(t, data))
	require.NoError(t, err)
	assert.Equal(t, []string{"v4.0.30319", "Assembly-CSharp.dll", "Assembly-CSharp", "1.2.3.4"},
		[]string{m.Runtime, m.Module, m.Name, m.Version})
	assert.Equal(t, []cli.Reference{{Name: "mscorlib", Version: "1.0.0.0"},
		{Name: "LLamaSharp", Version: "1.0.0.0"}}, m.References)
	assert.Equal(t, []string{"CNamaSDK"}, m.Libraries)
	var types []string
	for _, y := range m.Types {
		types = append(types, y.Namespace+"."+y.Name)
		assert.True(t, strings.HasPrefix(string(data[y.At:]), y.Name))
	}
	assert.Equal(t, []string{"FaceUnity.Renderer", ".Own"}, types)
	var texts []string
	require.NoError(t, m.Strings(func(s cli.String) bool {
		texts = append(texts, s.Text)
		assert.Equal(t, byte([]rune(s.Text)[0]), data[s.At], s.Text)
		return s.Text[0] == 'h'
	}))
	assert.Empty(t, cmp.Diff([]string{"https://api.deepseek.com/v1", "一键换脸"}, texts[:2]))
}

// decode reads everything from the first root on.
func decode(data []byte) (bool, error) {
	at := max(0, cli.Find(data, 0))
	m, err := cli.Decode(data, at)
	if err != nil {
		return false, err
	}
	return true, m.Strings(func(cli.String) bool { return true })
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	at := root(t, assembly())
	cases := map[string][]byte{"no_root": []byte("MZ")}
	change := func(name string, offset int, with string) {
		data := assembly()
		copy(data[at+offset:], with)
		cases[name] = data
	}
	change("version_that_lies", 12, "\xff\xff\xff\xff")
	change("stream_that_lies", 32, "\xff\xff\xff\x7f")
	change("stream_of_another_name", 40, "#!")
	tables := at + 108
	require.Equal(t, byte(2), assembly()[tables+4], "the stream of tables")
	change("tables_past_the_stream", 108+24, "\xff\xff\x00\x00")
	change("rows_past_the_data", 108+24, "\xff\xff\xff\xff")
	decodetest.Refused(t, cases, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	data := assembly()
	decodetest.Truncated(t, data[root(t, data):], 3, decode)
}

func TestCompressed(t *testing.T) {
	t.Parallel()
	plain := assembly()
	store := append([]byte("a store: "), programfile.Compress(plain)...)
	at, size := cli.FindCompressed(store, 0)
	require.Equal(t, 9, at)
	out, end, err := cli.Inflate(store, at, make([]byte, 0, size))
	require.NoError(t, err)
	assert.Equal(t, plain, out)
	assert.Len(t, store, end)
	repeated := []byte("XALZ\x00\x00\x00\x00\x0c\x00\x00\x00\x24ab\x02\x00\x20yz")
	out, _, err = cli.Inflate(repeated, 0, make([]byte, 0, 12))
	require.NoError(t, err)
	assert.Equal(t, "ababababab"+"yz", string(out))
	for n := 12; n < len(repeated); n++ {
		_, _, err := cli.Inflate(repeated[:n], 0, make([]byte, 0, 12))
		assert.Error(t, err, "the first %d bytes", n)
	}
	for name, block := range map[string]string{"match_before_the_block": "\x04a\x02\x00",
		"literals_too_long": "\xf0\xff\x00", "match_too_long": "\x1fa\x01\x00\xff\xff\x00"} {
		_, _, err := cli.Inflate([]byte("XALZ\x00\x00\x00\x00\x0c\x00\x00\x00"+block), 0,
			make([]byte, 0, 12))
		assert.Error(t, err, name)
	}
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{assembly()}, decode)
}

func FuzzInflate(f *testing.F) {
	f.Add(programfile.Compress([]byte("some bytes, some bytes")))
	f.Add([]byte("XALZ\x00\x00\x00\x00\x0c\x00\x00\x00\x24ab\x02\x00\x20yz"))
	f.Fuzz(func(t *testing.T, data []byte) {
		at, size := cli.FindCompressed(data, 0)
		if at < 0 {
			return
		}
		size = min(size, 1<<16)
		out, end, err := cli.Inflate(data, at, make([]byte, 0, size))
		if len(out) > size || end > len(data) || err == nil && len(out) != size {
			t.Fatal(fmt.Sprint(len(out), end, err))
		}
	})
}
