package arch_test

import (
	"os"
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/arch"
)

// tree loads this repository and fails where it finds none of it.
func tree(t *testing.T) []arch.File {
	t.Helper()
	files, err := arch.Load(os.DirFS("../.."))
	require.NoError(t, err)
	require.Greater(t, len(files), 50, "the tree was not found")
	return files
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, f := range tree(t) {
		if f.Support() {
			continue
		}
		for _, imported := range f.Imports() {
			allowed, ok := arch.Allowed(f.Dir, imported)
			require.True(t, ok, "%s: no rule covers this folder: add it to the table", f.Path)
			assert.True(t, allowed, "%s may not import %s", f.Path, imported)
		}
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, dir, imported string
		want                bool
	}{
		{"leaf_imports_standard_library", "analyzer/budget", "sync/atomic", true},
		{"leaf_imports_a_library", "analyzer/budget", "github.com/x/y", false},
		{"leaf_imports_ours", "analyzer/budget", arch.Module + "/analyzer", false},
		{"decoder_imports_budget", "analyzer/decode/dex", arch.Module + "/analyzer/budget", true},
		{"decoder_imports_analyzer", "analyzer/decode/dex", arch.Module + "/analyzer", false},
		{
			"reader_imports_reader",
			"analyzer/read/plist",
			arch.Module + "/analyzer/read/classes",
			false,
		},
		{"reader_imports_network", "analyzer/read/plist", "net/http", false},
		{"review_imports_its_child", "review", arch.Module + "/review/law", false},
		{"analyzer_imports_its_child", "analyzer", arch.Module + "/analyzer/rule", false},
		{"analyzer_imports_budget", "analyzer", arch.Module + "/analyzer/budget", true},
		{"report_imports_form", "review/report/builtin", arch.Module + "/review/report/json", true},
		{"review_imports_store", "review", "gorm.io/gorm", false},
		{"command_imports_database", "cmd/listgate", "gorm.io/gorm", false},
		{"internal_imports_domain", "internal/blob", arch.Module + "/analyzer", false},
		{"store_imports_its_domain", "review/store", arch.Module + "/review", true},
		{"store_imports_database", "review/store", "gorm.io/gorm", true},
		{"store_imports_another", "review/store", arch.Module + "/registry/store", false},
		{"domain_imports_store", "review/desk", arch.Module + "/review/store", false},
		{"page_imports_store", "web/page/queue", arch.Module + "/review/store", false},
		{"page_imports_database", "web/page/queue", "gorm.io/gorm", false},
		{"page_imports_page", "web/page/queue", arch.Module + "/web/page/dossier", false},
		{"page_imports_server", "web/page/queue", arch.Module + "/web", false},
		{"page_imports_domain", "web/page/queue", arch.Module + "/review/desk", true},
		{"program_imports_store", "cmd/listgate-server", arch.Module + "/review/store", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			allowed, ok := arch.Allowed(c.dir, c.imported)
			require.True(t, ok)
			assert.Equal(t, c.want, allowed)
		})
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	waivers := 0
	exported, free := map[string]int{}, map[string]bool{"analyzer": true, "review": true}
	for _, f := range tree(t) {
		for _, s := range arch.Sizes(f) {
			t.Error(s)
		}
		waivers += arch.Waivers(f)
		if !f.Test() {
			exported[f.Dir] += arch.Exported(f)
			free[f.Dir] = free[f.Dir] || arch.PackageWaived(f)
		}
	}
	assert.LessOrEqual(t, waivers, 5, "waivers in the whole tree")
	for dir, n := range exported {
		if !free[dir] {
			assert.LessOrEqual(t, n, 20, "exported names of %s", dir)
		}
	}
}

func TestDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, f := range tree(t) {
		if f.Test() {
			continue
		}
		documented[f.Dir] = documented[f.Dir] || f.Syntax.Doc != nil
		for _, name := range arch.Undocumented(f) {
			t.Errorf("%s: %s has no comment", f.Path, name)
		}
	}
	for dir, ok := range documented {
		assert.True(t, ok, "package %s has no comment", dir)
	}
}

// TestLists finds a format, a reader, a form or a page that nobody listed.
func TestLists(t *testing.T) {
	t.Parallel()
	lists := map[string]string{
		"analyzer/format": "analyzer/builtin", "analyzer/read": "analyzer/builtin",
		"review/report": "review/report/builtin", "registry/source": "registry/builtin",
		"web/page": "web",
	}
	files := tree(t)
	for parent, list := range lists {
		var listed []string
		for _, f := range files {
			if f.Dir == list {
				listed = append(listed, f.Imports()...)
			}
		}
		require.NotEmpty(t, listed, "%s lists nothing", list)
		for _, f := range files {
			if path.Dir(f.Dir) == parent && f.Dir != list && !f.Support() {
				assert.True(
					t,
					slices.Contains(listed, arch.Module+"/"+f.Dir),
					"%s: add a line for %s",
					list,
					f.Dir,
				)
			}
		}
	}
}

// TestNoSilence bans what hides a failure or reaches out of the program.
func TestNoSilence(t *testing.T) {
	t.Parallel()
	for _, f := range tree(t) {
		for _, b := range arch.Banned(f) {
			t.Errorf("%s: %s", f.Path, b)
		}
	}
}
