package archives_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/archives"
)

const (
	dex = "dex\n035\x00 and more"
	elf = "\x7fELF\x02\x01\x01 and more"
)

type entry struct {
	name string
	data []byte
}

func (e entry) Name() string                         { return e.name }
func (e entry) Size() int64                          { return int64(len(e.data)) }
func (e entry) Head() []byte                         { return e.data[:min(64, len(e.data))] }
func (e entry) Read(context.Context) ([]byte, error) { return e.data, nil }

// zipOf makes an archive of names and contents in turn.
func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		require.NoError(t, err)
		_, err = f.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipOf(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func zstdOf(t testing.TB, content string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return w.EncodeAll([]byte(content), nil)
}

// encrypted sets the bit that asks for a password in every header.
func encrypted(data []byte) []byte {
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := 6 + 2*int(mark[2]&1) // the flags lie two bytes later in the directory
		for i := 0; i+at < len(data); i++ {
			if bytes.HasPrefix(data[i:], []byte(mark)) {
				data[i+at] |= 1
			}
		}
	}
	return data
}

func read(t testing.TB, data []byte, l budget.Limits) (f analyzer.Facts, wanted bool, err error) {
	t.Helper()
	e := entry{"assets/data.bin", data}
	c := &analyzer.Contents{Format: analyzer.APK, Entries: []analyzer.Entry{e}}
	if !(archives.Reader{}).Want(c, e) {
		return f, false, nil
	}
	in := analyzer.Input{Contents: c, Entry: e, Data: data, Budget: budget.New(l)}
	return f, true, archives.Reader{}.Read(t.Context(), in, func(r analyzer.Record) { f.Add(r) })
}

// behind puts an archive at the end of other bytes.
func behind(archive []byte) []byte {
	return append([]byte("\x89PNG"+strings.Repeat("x", 120)), archive...)
}

func TestRead(t *testing.T) {
	t.Parallel()
	const at = "archive behind other bytes!/"
	header := "dex\n035\x00" + strings.Repeat("\x00", 32) + "\x78\x56\x34\x12" +
		strings.Repeat("\x00", 100)
	inner := string(zipOf(t, "a.txt", "text", "b.dat", elf))
	deep := inner
	for range 5 {
		deep = string(zipOf(t, "next.bin", deep))
	}
	cases := []struct {
		name   string
		data   []byte
		part   string // of the gap
		reason analyzer.GapReason
	}{
		{"no_archive", []byte("just a text that is long enough"), "", ""},
		{"texts", behind(zipOf(t, "a.txt", "text", "font.ttf", "\x00\x01")), "", ""},
		{"java_classes", behind(zipOf(t, "a/B.class", "\xca\xfe\xba\xbe\x00\x00\x00\x34")), "", ""},
		{"compressed_text", gzipOf(t, "text"), "", ""},
		{"shares_the_mark", []byte("BZh but no archive at all"), "", ""},
		{"dex_by_name", behind(zipOf(t, "a.txt", "text", "classes.dex", "x")),
			at + "classes.dex", analyzer.GapUnsupported},
		{"dex_by_content", behind(zipOf(t, "a.dat", dex)), at + "a.dat", analyzer.GapUnsupported},
		{"library_by_name", behind(zipOf(t, "lib/libx.so", "x")), at + "lib/libx.so",
			analyzer.GapUnsupported},
		{"package", behind(zipOf(t, "AndroidManifest.xml", "x")), at + "AndroidManifest.xml",
			analyzer.GapUnsupported},
		{"archive_in_archive", behind(zipOf(t, "x.bin", inner)), at + "x.bin!/b.dat",
			analyzer.GapUnsupported},
		{"gzip_in_archive", behind(zipOf(t, "x.gz", string(gzipOf(t, elf)))), at + "x.gz!/gzip",
			analyzer.GapUnsupported},
		{"gzip", gzipOf(t, dex), "gzip", analyzer.GapUnsupported},
		{"zstd", zstdOf(t, elf), "zstd", analyzer.GapUnsupported},
		{"zip_in_gzip", gzipOf(t, inner), "", analyzer.GapOpaque},
		{"xz", []byte("\xfd7zXZ\x00 and more"), "", analyzer.GapOpaque},
		{"7z_in_archive", behind(zipOf(t, "x", "7z\xbc\xaf\x27\x1c and more")), "",
			analyzer.GapOpaque},
		{"dex_behind", []byte("GIF89a" + strings.Repeat("x", 99) + header),
			"DEX file behind other bytes", analyzer.GapUnsupported},
		{"dex_mark_in_text", []byte(strings.Repeat("begins with dex\n035\x00 so", 9)), "", ""},
		{"marks_of_zip_in_text", []byte(strings.Repeat("PK\x01\x02 PK\x05\x06", 30)), "", ""},
		{"password", behind(encrypted(zipOf(t, "a.txt", "text"))), "", analyzer.GapOpaque},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, _, err := read(t, c.data, budget.Limits{})
			require.NoError(t, err)
			if c.reason == "" {
				assert.Empty(t, f.Gaps)
				assert.Empty(t, f.Anomalies)
				return
			}
			require.Len(t, f.Gaps, 1)
			assert.Equal(t, c.reason, f.Gaps[0].Reason)
			assert.Equal(t, c.part, f.Gaps[0].Where.Part)
			assert.True(t, f.Gaps[0].Code)
			assert.Equal(t, c.reason == analyzer.GapUnsupported, len(f.Anomalies) == 1)
		})
	}
	_, _, err := read(t, behind([]byte(deep)), budget.Limits{})
	assert.ErrorIs(t, err, budget.ErrExhausted, "nesting has a bound")
	_, _, err = read(t, behind(zipOf(t, "x.zip", inner)), budget.Limits{Bytes: 10})
	assert.ErrorIs(t, err, budget.ErrExhausted)
	_, _, err = read(t, behind(zipOf(t, "a", "b", "c", "d")), budget.Limits{Entries: 1})
	assert.NoError(t, err, "the directory ends where the budget does, and says so")
}

// TestArchivesAreTheEngines leaves alone what the engine goes into by itself.
func TestArchivesAreTheEngines(t *testing.T) {
	t.Parallel()
	_, wanted, err := read(t, zipOf(t, "classes.dex", dex, "padding", strings.Repeat("x", 999)),
		budget.Limits{})
	require.NoError(t, err)
	assert.False(t, wanted)
}

func TestListsOnly(t *testing.T) {
	t.Parallel()
	assert.True(t, archives.Reader{}.ListsOnly(entry{"assets/a", []byte("data")}))
	assert.False(t, archives.Reader{}.ListsOnly(entry{"assets/a", gzipOf(t, "b")}))
}

// TestReadTruncated cuts a compressed file anywhere: what was its code is not silent.
func TestReadTruncated(t *testing.T) {
	t.Parallel()
	whole := gzipOf(t, dex)
	for n := len(whole) - 9; n < len(whole); n++ { // before, nothing shows what it is
		f, wanted, err := read(t, whole[:n], budget.Limits{})
		require.True(t, wanted)
		assert.True(t, err != nil || len(f.Gaps) > 0, "%d bytes", n)
	}
}

func FuzzRead(f *testing.F) {
	inner := string(zipOf(f, "b.dat", elf))
	for _, seed := range [][]byte{behind(zipOf(f, "classes.dex", dex)),
		behind(zipOf(f, "x.bin", inner)),
		gzipOf(f, dex), zstdOf(f, elf), []byte("\xfd7zXZ\x00"), []byte("BZh9")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := budget.Limits{Bytes: 1 << 22, Entry: 1 << 20, Entries: 1000}
		first, _, err := read(t, data, l)
		again, _, twice := read(t, data, l)
		assert.Equal(t, first, again)
		assert.Equal(t, err == nil, twice == nil)
	})
}
