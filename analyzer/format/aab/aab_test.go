package aab

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func TestFormat_Match(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		names []string
		want  bool
	}{
		{"bundle", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml"}, true},
		{"no_configuration", []string{"base/manifest/AndroidManifest.xml"}, false},
		{"no_base_module", []string{"BundleConfig.pb", "other/manifest/AndroidManifest.xml"},
			false},
		{"installable_as_an_apk", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml",
			"AndroidManifest.xml"}, false},
		{"apk", []string{"AndroidManifest.xml", "classes.dex"}, false},
		{"empty", nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, Format{}.Match(ziptest.Archive(t, c.names...)))
		})
	}
}

// TestFormat_Open gives the entries of each module the names that they have in the APK
// that is built of it.
func TestFormat_Open(t *testing.T) {
	t.Parallel()
	a := ziptest.Archive(t, "BundleConfig.pb", "camera/manifest/AndroidManifest.xml",
		"base/dex/classes.dex", "base/manifest/AndroidManifest.xml", "base/root/META-INF/notice",
		"base/assets/x/manifest/AndroidManifest.xml", "base/assets/dex/a.bin",
		"base/lib/arm64-v8a/liba.so", "base/resources.pb", "camera/dex/classes.dex",
		"META-INF/MANIFEST.MF", "BUNDLE-METADATA/a/b.pb", "manifest/AndroidManifest.xml")
	c, err := Format{}.Open(a)
	require.NoError(t, err)
	assert.Equal(t, a.File, c.File)
	assert.Equal(t, analyzer.AAB, c.Format)
	assert.Empty(t, cmp.Diff([]string{
		"BundleConfig.pb", "META-INF/MANIFEST.MF", "BUNDLE-METADATA/a/b.pb",
		"manifest/AndroidManifest.xml",
		"base/: classes.dex", "base/: AndroidManifest.xml", "base/: META-INF/notice",
		"base/: assets/x/manifest/AndroidManifest.xml", "base/: assets/dex/a.bin",
		"base/: lib/arm64-v8a/liba.so", "base/: resources.pb",
		"camera/: AndroidManifest.xml", "camera/: classes.dex",
	}, ziptest.Names(c)))
	for _, n := range c.Nested {
		assert.Equal(t, analyzer.AAB, n.Contents.Format)
		assert.Equal(t, analyzer.Installed, n.Role)
	}
	assert.Empty(t, c.Gaps)
	assert.Len(t, a.Entries, 13)
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, matched bool, c *analyzer.Contents) {
		require.True(t, !matched || len(c.Nested) > 0, "a bundle without a module")
	}, "BundleConfig.pb\nbase/manifest/AndroidManifest.xml",
		"/manifest/AndroidManifest.xml\nAndroidManifest.xml",
		"BundleConfig.pb\nbase/manifest/AndroidManifest.xml\nbase/root/a\nbase/a\nbase/")
}
