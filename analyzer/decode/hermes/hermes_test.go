package hermes_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/hermes"
	"github.com/listgate/listgate/fixtures/programfile"
)

var long = "https://long.example.com/" + strings.Repeat("path/", 60)

func bundle(version int) []byte {
	return programfile.BuildHermes(programfile.Hermes{Version: version, Functions: 3,
		Strings:     []string{"", "https://api.deepseek.com/v1/chat/completions", "一键换脸", long},
		Identifiers: []string{"swapFace", "é", "微软"}})
}

func read(data []byte) (texts []string, at []int, err error) {
	f, err := hermes.Decode(data)
	if err != nil {
		return nil, nil, err
	}
	err = f.Strings(func(s hermes.String) bool {
		texts = append(texts, fmt.Sprintf("%s %v", s.Text, s.Identifier))
		at = append(at, s.At)
		return true
	})
	return texts, at, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	want := []string{" false", "https://api.deepseek.com/v1/chat/completions false",
		"一键换脸 false", long + " false", "swapFace true", "é true", "微软 true"}
	for _, version := range []int{59, 70, 71, 74, 76, 84, 89, 96, 97, 98, 99, 120} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			data := bundle(version)
			f, err := hermes.Decode(data)
			require.NoError(t, err)
			assert.Equal(t, version, f.Version)
			assert.Equal(t, 3, f.Functions)
			assert.Equal(t, 7, f.Count)
			got, at, err := read(data)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(want, got))
			assert.Equal(t, "https", string(data[at[1]:at[1]+5]), "the offset points at the bytes")
		})
	}
}

func TestStopsWhereTheCallerDoes(t *testing.T) {
	t.Parallel()
	f, err := hermes.Decode(bundle(96))
	require.NoError(t, err)
	n := 0
	require.NoError(t, f.Strings(func(hermes.String) bool { n++; return false }))
	assert.Equal(t, 1, n)
}

// decode reads everything, as a reader does.
func decode(data []byte) (bool, error) {
	f, err := hermes.Decode(data)
	if err != nil {
		return f != nil, err
	}
	return true, f.Strings(func(hermes.String) bool { return true })
}

// put writes a number over one of the header's.
func put(data []byte, at int, v uint32) []byte {
	for i := range 4 {
		data[at+i] = byte(v >> (8 * i))
	}
	return data
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	another := bundle(96)
	another[7] = 0x20
	decodetest.Refused(t, map[string][]byte{
		"another_magic":         another,
		"head_alone":            []byte(hermes.Magic),
		"longer_than_the_file":  put(bundle(96), 32, 1<<30),
		"functions_that_lie":    put(bundle(96), 40, 1<<31),
		"kinds_that_lie":        put(bundle(96), 44, 1<<31),
		"identifiers_that_lie":  put(bundle(96), 48, 1<<31),
		"strings_that_lie":      put(bundle(96), 52, 1<<31),
		"overflow_that_lies":    put(bundle(96), 56, 1<<31),
		"storage_that_lies":     put(bundle(96), 60, 1<<31),
		"kinds_cover_too_few":   put(bundle(96), 52, 6),
		"first_entry_past_it":   put(bundle(96), 60, 3),
		"other_function_header": put(bundle(96), 8, 97)[:200],
	}, decode)
}

func TestStringsAreBounded(t *testing.T) {
	t.Parallel()
	data := programfile.BuildHermes(programfile.Hermes{
		Strings: append([]string{strings.Repeat("a", 2000)}, make([]string, 5000)...)})
	table := 128 + 2*4
	for i := range 5000 { // every string is the first one, which overflows
		copy(data[table+4*(i+1):], data[table:table+4])
	}
	f, err := hermes.Decode(data)
	require.NoError(t, err)
	var format *budget.FormatError
	require.True(t, errors.As(f.Strings(func(hermes.String) bool { return true }), &format))
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, bundle(96), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{bundle(59), bundle(76), bundle(96), bundle(99)}, decode)
}
