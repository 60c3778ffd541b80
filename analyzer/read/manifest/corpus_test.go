package manifest

import (
	"archive/zip"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

// row is one package of the corpus with what is known of its identity.
type row struct {
	file string
	path string
	want map[string]string
}

var (
	idField      = regexp.MustCompile(`(?:^|; )id=([^;]+)`)
	versionField = regexp.MustCompile(`version=(.*?) \(([^)]*)\)(?:;|$)`)
	osField      = regexp.MustCompile(`; (min|target)=([^;]+)`)
)

// rows reads the identities of the corpus; nil where the corpus is not here.
func rows(t *testing.T) []row {
	t.Helper()
	var all []row
	for _, r := range readtest.Corpus(t) {
		id := idField.FindStringSubmatch(r.Expected)
		if !strings.HasSuffix(r.File, ".apk") || id == nil {
			continue
		}
		want := map[string]string{"id": strings.TrimSpace(id[1])}
		if v := versionField.FindStringSubmatch(r.Expected); v != nil {
			want["name"], want["code"] = strings.TrimSpace(v[1]), v[2]
		}
		for _, o := range osField.FindAllStringSubmatch(r.Expected, -1) {
			want[o[1]] = o[2]
		}
		all = append(all, row{r.File, r.Path, want})
	}
	return all
}

// files returns the two files that the reader reads, nil for a package that
// archive/zip cannot open.
func files(t *testing.T, name string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Logf("%s: %v", name, err)
		return nil
	}
	defer z.Close()
	found := map[string][]byte{}
	for _, f := range z.File {
		if f.Name != "AndroidManifest.xml" && f.Name != "resources.arsc" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Logf("%s: %s: %v", name, f.Name, err)
			return nil
		}
		data, err := io.ReadAll(io.LimitReader(r, 64<<20))
		require.NoError(t, err)
		require.NoError(t, r.Close())
		found[f.Name] = data
	}
	return found
}

func TestCorpusIdentity(t *testing.T) {
	t.Parallel()
	read := 0
	for _, r := range rows(t) {
		f := files(t, r.path)
		if f == nil {
			continue
		}
		read++
		facts, err := readFiles(t.Context(), f)
		if !assert.NoError(t, err, r.file) {
			continue
		}
		p := facts.Package
		all := map[string]string{"id": p.ID, "name": p.Version.Name, "code": p.Version.Code,
			"min": p.OS.Min, "target": p.OS.Target}
		got := map[string]string{}
		for key := range r.want {
			got[key] = all[key]
		}
		assert.Empty(t, cmp.Diff(r.want, got), r.file)
		if strings.HasPrefix(r.file, "apk/") {
			assert.Empty(t, facts.Gaps, r.file)
			for _, a := range facts.Anomalies {
				assert.Equal(t, analyzer.ManifestDuplicate, a.Code, "%s: %v", r.file, a)
			}
		}
	}
	t.Logf("%d packages read", read)
}

// entry is a file in memory.
type entry struct {
	name string
	data []byte
}

func (e entry) Name() string { return e.name }
func (e entry) Size() int64  { return int64(len(e.data)) }
func (e entry) Head() []byte { return e.data[:min(64, len(e.data))] }
func (e entry) Read(context.Context) ([]byte, error) {
	return e.data, nil
}

// readFiles runs the reader over the files of an APK.
func readFiles(ctx context.Context, f map[string][]byte) (*analyzer.Facts, error) {
	c := &analyzer.Contents{Format: analyzer.APK}
	for name, data := range f {
		c.Entries = append(c.Entries, entry{name, data})
	}
	facts := &analyzer.Facts{}
	in := analyzer.Input{Contents: c, Entry: c.Find("AndroidManifest.xml"),
		Data: f["AndroidManifest.xml"], Budget: budget.New(budget.Limits{})}
	err := Reader{}.Read(ctx, in, func(r analyzer.Record) { facts.Add(r) })
	facts.Sort()
	return facts, err
}

// TestCorpusLibraryAgrees holds our reading to the library's wherever that reads
// anything: on sound input they must not differ.
func TestCorpusLibraryAgrees(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, r := range rows(t) {
		f := files(t, r.path)
		if f == nil {
			continue
		}
		facts, err := readFiles(t.Context(), f)
		require.NoError(t, err, r.file)
		lib := library(f[manifestEntry], f[tableEntry])
		if lib.ID == "" {
			t.Logf("%s: not for the library", r.file)
			continue
		}
		compared++
		want := overlay(facts.Package, lib)
		want.Labels = facts.Package.Labels
		assert.Empty(t, cmp.Diff(want, facts.Package), r.file)
		if label := lib.Labels[""]; label != "" {
			assert.Equal(t, label, facts.Package.Labels[""], r.file)
		}
	}
	t.Logf("%d packages compared", compared)
}
