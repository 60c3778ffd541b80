package zip

import (
	stdzip "archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// agree compares what both readers find, content included. Shadowed duplicates are
// in the standard library's list and not in ours.
func agree(t *testing.T, f analyzer.File, c *analyzer.Contents) {
	t.Helper()
	std, err := stdzip.NewReader(f.Bytes, f.Size)
	if err != nil && !errors.Is(err, stdzip.ErrInsecurePath) {
		t.Logf("archive/zip cannot open it: %v", err)
		return
	}
	var want, got []string
	seen := map[string]bool{}
	for _, e := range std.File {
		name := strings.ToValidUTF8(e.Name, "\uFFFD")
		if seen[name] {
			continue
		}
		seen[name] = true
		content, err := readStandard(e)
		want = append(want, name)
		ours := c.Find(name)
		require.NotNil(t, ours, name)
		if err == nil {
			b, err := ours.Read(t.Context())
			require.NoError(t, err, name)
			assert.Equal(t, int64(len(content)), ours.Size(), name)
			assert.True(t, bytes.Equal(content, b), "content of %q differs", name)
			assert.True(t, bytes.Equal(content[:min(headLength, len(content))], ours.Head()),
				"head of %q differs", name)
		}
	}
	for _, e := range c.Entries {
		got = append(got, e.Name())
	}
	assert.Empty(t, cmp.Diff(want, got))
}

func readStandard(e *stdzip.File) ([]byte, error) {
	if strings.HasSuffix(e.Name, "/") {
		return nil, errors.New("a folder to archive/zip")
	}
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = io.Copy(&b, r)
	return b.Bytes(), err
}

func TestListAgreesWithStandardLibrary(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var b bytes.Buffer
		w := stdzip.NewWriter(&b)
		offset := random.IntN(2) * random.IntN(500)
		b.Write(make([]byte, offset))
		w.SetOffset(int64(offset))
		for i := range random.IntN(40) {
			method := []uint16{stdzip.Store, stdzip.Deflate}[random.IntN(2)]
			e, err := w.CreateHeader(&stdzip.FileHeader{Name: fmt.Sprintf("目录/%d", i),
				Method: method})
			require.NoError(t, err)
			content := make([]byte, random.IntN(1<<uint(random.IntN(18))))
			for i := range content {
				content[i] = byte(random.IntN(1 + i%200))
			}
			_, err = e.Write(content)
			require.NoError(t, err)
		}
		require.NoError(t, w.SetComment(strings.Repeat("c", random.IntN(900))))
		require.NoError(t, w.Close())
		c := list(t, b.Bytes())
		agree(t, file(b.Bytes()), c)
		assert.Empty(t, c.Gaps)
		if offset == 0 {
			assert.Empty(t, c.Anomalies)
		}
	}
}

// packages opens every file of the named folders of real packages, where they are
// at hand, and says so where they are not.
func packages(t *testing.T, visit func(t *testing.T, path string, f analyzer.File),
	folders ...string) {
	t.Helper()
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join("../../../../shared/corpus", folder, "*"))
		require.NoError(t, err)
		if len(paths) == 0 {
			t.Logf("no real packages of %s are at hand: nothing is checked against them", folder)
		}
		for _, path := range paths {
			t.Run(strings.Map(plain, filepath.Base(path)), func(t *testing.T) {
				t.Parallel()
				f, err := os.Open(path)
				require.NoError(t, err)
				defer func() { assert.NoError(t, f.Close()) }()
				info, err := f.Stat()
				require.NoError(t, err)
				visit(t, path, analyzer.File{Bytes: f, Size: info.Size()})
			})
		}
	}
}

// plain keeps the names of subtests searchable.
func plain(c rune) rune {
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		return c
	}
	return '_'
}

func TestListRealPackages(t *testing.T) {
	t.Parallel()
	packages(t, func(t *testing.T, _ string, f analyzer.File) {
		c, err := Lister{}.List(f, budget.New(budget.Limits{}))
		require.NoError(t, err)
		require.NotEmpty(t, c.Entries)
		assert.Empty(t, c.Anomalies, "an ordinary package")
		assert.Empty(t, c.Gaps)
		agree(t, f, c)
	}, "apk", "ipa")
}

func TestListMalformedPackages(t *testing.T) {
	t.Parallel()
	codes := map[string]analyzer.AnomalyCode{
		"apksig-mismatched-compression-method.apk":                      analyzer.ZipLocalHeader,
		"apksig-v1-only-max-sized-eocd-comment.apk":                     analyzer.ZipComment,
		"apksig-v1-only-with-cr-in-entry-name.apk":                      analyzer.ZipName,
		"apksig-v1-only-with-nul-in-entry-name.apk":                     analyzer.ZipName,
		"apksig-v1v2v3-with-rsa-2048-lineage-3-signers-invalid-zip.apk": analyzer.ZipDirectory,
		"apksig-weird-compression-method.apk":                           analyzer.ZipMethod,
		"apktool-issue1498.apk":                                         analyzer.ZipName,
		"fdroid-janus.apk":                                              analyzer.ZipPrefix,
	}
	packages(t, func(t *testing.T, path string, f analyzer.File) {
		c, err := Lister{}.List(f, budget.New(budget.Limits{}))
		if filepath.Base(path) == "fastlane-not-an-ipa.ipa" {
			assert.ErrorIs(t, err, ErrNotZip)
			return
		}
		require.NoError(t, err)
		agree(t, f, c)
		var want, got []analyzer.AnomalyCode
		if code, ok := codes[filepath.Base(path)]; ok {
			want = append(want, code)
		}
		for _, a := range c.Anomalies {
			got = append(got, a.Code)
		}
		assert.Equal(t, want, got)
	}, "malformed")
}

func TestListTruncated(t *testing.T) {
	t.Parallel()
	whole := sound().bytes()
	for n := range whole {
		c, err := Lister{}.List(file(whole[:n]), budget.New(budget.Limits{}))
		if err != nil {
			assert.Nil(t, c)
			continue
		}
		assert.True(t, len(c.Anomalies) > 0 || len(c.Gaps) > 0,
			"the first %d bytes of %d pass for an archive", n, len(whole))
	}
}

func TestListDamaged(t *testing.T) {
	t.Parallel()
	whole := sound().bytes()
	for i := range whole {
		for _, value := range []byte{0, 1, 0x7f, 0xff} {
			damaged := bytes.Clone(whole)
			damaged[i] = value
			examine(t, damaged)
		}
	}
}

// examine lists whatever b is and holds every entry to its contract.
func examine(t *testing.T, b []byte) {
	t.Helper()
	c, err := Lister{}.List(file(b), budget.New(budget.Limits{Entries: 1000}))
	if err != nil {
		require.Nil(t, c)
		return
	}
	again, err := Lister{}.List(file(b), budget.New(budget.Limits{Entries: 1000}))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c.Anomalies, again.Anomalies))
	require.Empty(t, cmp.Diff(c.Gaps, again.Gaps))
	limits := budget.New(budget.Limits{Bytes: 1 << 24, Entry: 1 << 20})
	for _, e := range c.Entries {
		require.GreaterOrEqual(t, e.Size(), int64(0))
		require.LessOrEqual(t, e.Size(), int64(len(b))*deflateRatio+64)
		head := e.Head()
		if limits.Take(e.Size()) != nil {
			continue
		}
		content, err := e.Read(context.Background())
		if err != nil {
			var malformed *budget.FormatError
			require.ErrorAs(t, err, &malformed)
			require.Nil(t, content)
			continue
		}
		require.Len(t, content, int(e.Size()))
		require.True(t, bytes.Equal(content[:min(headLength, len(content))], head))
	}
}

func FuzzList(f *testing.F) {
	f.Add(sound().bytes())
	seeds := allTricks()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		if b := s.archive.bytes(); len(b) < 4<<10 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { examine(t, b) })
}

func BenchmarkList(b *testing.B) {
	var archive forgery
	for i := range 8000 {
		archive.items = append(archive.items,
			deflated(fmt.Sprintf("res/drawable-xxhdpi-v4/image_%d.png", i), text))
	}
	raw := archive.bytes()
	path := filepath.Join(b.TempDir(), "a.zip")
	require.NoError(b, os.WriteFile(path, raw, 0o600))
	f, err := os.Open(path)
	require.NoError(b, err)
	b.Cleanup(func() { assert.NoError(b, f.Close()) })
	for _, heads := range []bool{false, true} {
		b.Run(fmt.Sprintf("heads_%v", heads), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, err := Lister{}.List(analyzer.File{Bytes: f, Size: int64(len(raw))},
					budget.New(budget.Limits{}))
				if err != nil || len(c.Entries) != 8000 {
					b.Fatal(err)
				}
				for _, e := range c.Entries {
					if heads && len(e.Head()) == 0 {
						b.Fatal(e.Name())
					}
				}
			}
		})
	}
}
