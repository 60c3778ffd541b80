package scriptpack_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/scriptpack"
	"github.com/listgate/listgate/fixtures/programfile"
)

func mini() []byte {
	return programfile.BuildMini([]programfile.MiniFile{{Name: "/app-service.js", Text: "var a=1"},
		{Name: "/app-config.json", Text: "{}"}})
}

func indexed() []byte {
	const startup, module = "require(0);\x00", "__d(function(){});\x00"
	out := []byte("\xe5\xd1\x0b\xfb")
	for _, v := range []int{3, len(startup), len(startup), len(module), 0, 0,
		len(startup) + len(module), len(module)} {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	return append(out, startup+module+module...)
}

func TestMini(t *testing.T) {
	t.Parallel()
	data := mini()
	require.True(t, scriptpack.IsMini(data))
	files, err := scriptpack.Mini(data)
	require.NoError(t, err)
	require.Len(t, files, 2)
	assert.Equal(t, "/app-service.js", files[0].Name)
	f := files[0]
	assert.Equal(t, "var a=1", string(data[f.At:f.At+f.Size]))
	assert.True(t, scriptpack.IsEncrypted([]byte("V1MMWX and more")))
}

func TestIndexed(t *testing.T) {
	t.Parallel()
	data := indexed()
	require.True(t, scriptpack.IsIndexed(data))
	files, err := scriptpack.Indexed(data)
	require.NoError(t, err)
	var got []string
	for _, f := range files {
		got = append(got, f.Name+":"+string(data[f.At:f.At+f.Size]))
	}
	assert.Equal(t, []string{":require(0);", "0:__d(function(){});", "2:__d(function(){});"}, got)
}

func decodeMini(data []byte) (bool, error) {
	files, err := scriptpack.Mini(data)
	return err == nil && files != nil, err
}

func decodeIndexed(data []byte) (bool, error) {
	files, err := scriptpack.Indexed(data)
	return err == nil && files != nil, err
}

func TestRefused(t *testing.T) {
	t.Parallel()
	change := func(data []byte, at int, with string) []byte {
		copy(data[at:], with)
		return data
	}
	decodetest.Refused(t, map[string][]byte{
		"another_mark":   change(mini(), 13, "\x00"),
		"too_many_files": change(mini(), 14, "\xff\xff\xff\xff"),
		"name_past_it":   change(mini(), 18, "\x7f\xff\xff\xff"),
		"file_past_it":   change(mini(), 22+15, "\x7f\xff\xff\xff"),
	}, decodeMini)
	decodetest.Refused(t, map[string][]byte{
		"too_many_modules":  change(indexed(), 4, "\xff\xff\xff\xff"),
		"startup_past_it":   change(indexed(), 8, "\xff\xff\xff\xff"),
		"module_past_it":    change(indexed(), 16, "\xff\xff\xff\xff"),
		"nothing_but_marks": []byte(strings.Repeat("\xe5\xd1\x0b\xfb", 2)),
	}, decodeIndexed)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, mini(), 0, decodeMini)
	decodetest.Truncated(t, indexed(), 0, decodeIndexed)
}

func FuzzMini(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{mini()}, func(data []byte) (bool, error) {
		_, err := scriptpack.Mini(data)
		return err == nil, err
	})
}

func FuzzIndexed(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{indexed()}, func(data []byte) (bool, error) {
		_, err := scriptpack.Indexed(data)
		return err == nil, err
	})
}
