package apk

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/aab"
	"github.com/listgate/listgate/analyzer/format/bundle"
	"github.com/listgate/listgate/analyzer/format/ipa"
	"github.com/listgate/listgate/analyzer/format/zip"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		names     []string
		other     bool
		anomalies []string
		gaps      []string
	}{
		{name: "apk", names: []string{"AndroidManifest.xml", "classes.dex", "assets/library.jar"}},
		{name: "resources_only", names: []string{"AndroidManifest.xml"}},
		{name: "code_without_manifest", names: []string{"classes.dex", "classes2.dex"},
			anomalies: []string{"manifest-missing : no AndroidManifest.xml at the root"}},
		{name: "resources_without_manifest", names: []string{"resources.arsc"},
			anomalies: []string{"manifest-missing : no AndroidManifest.xml at the root"}},
		{name: "package_in_assets", names: []string{"AndroidManifest.xml", "assets/plugin.apk",
			"other.apk"}},
		{name: "ios_folder_in_assets",
			names: []string{"AndroidManifest.xml", "assets/X.app/Info.plist"}},
		{name: "also_an_ipa", names: []string{"AndroidManifest.xml", "Payload/X.app/Info.plist"},
			anomalies: []string{"nested-package : the archive is laid out as an IPA as well"},
			gaps:      []string{"unsupported-format  true"}},
		{name: "also_an_aab",
			names: []string{"AndroidManifest.xml", "BundleConfig.pb",
				"base/manifest/AndroidManifest.xml"},
			anomalies: []string{"nested-package : the archive is laid out as an AAB as well"},
			gaps:      []string{"unsupported-format  true"}},
		{name: "ipa_with_code", names: []string{"classes.dex", "Payload/X.app/Info.plist"},
			other: true},
		{name: "aab_with_code", other: true,
			names: []string{"classes.dex", "BundleConfig.pb", "base/manifest/AndroidManifest.xml"}},
		{name: "code_in_a_folder", names: []string{"a/classes.dex"}, other: true},
		{name: "empty", other: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := ziptest.Archive(t, c.names...)
			require.Equal(t, !c.other, Format{}.Match(a))
			if c.other {
				return
			}
			got, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, a.File, got.File)
			assert.Equal(t, analyzer.APK, got.Format)
			assert.Empty(t, got.Root)
			assert.Len(t, got.Entries, len(c.names))
			assert.Empty(t, cmp.Diff(c.anomalies, ziptest.Anomalies(got)))
			assert.Empty(t, cmp.Diff(c.gaps, ziptest.Gaps(got)))
			assert.Empty(t, a.Anomalies)
		})
	}
}

// TestRealPackages opens real packages with the one format that takes them.
func TestRealPackages(t *testing.T) {
	t.Parallel()
	formats := []analyzer.Format{aab.Format{}, bundle.Format{}, ipa.Format{}, Format{}}
	anomalous := map[string][]string{
		"androguard-multidex.apk": {"manifest-missing : no AndroidManifest.xml at the root"},
	}
	want := map[string]analyzer.FormatName{
		"bundletool-install-time-permanent-modules.aab": analyzer.AAB,
		"mlevytskiy-app.apks":                           analyzer.APKS,
		"appium-TestApp.app.zip":                        analyzer.APP,
	}
	folders := map[string]analyzer.FormatName{"apk": analyzer.APK, "ipa": analyzer.IPA}
	for folder, usual := range folders {
		paths, err := filepath.Glob(filepath.Join("../../../../shared/corpus", folder, "*"))
		require.NoError(t, err)
		if len(paths) == 0 {
			t.Logf("no real packages of %s are at hand: nothing is checked against them", folder)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			file := analyzer.File{Bytes: bytes.NewReader(b), Size: int64(len(b))}
			archive, err := zip.Lister{}.List(file, budget.New(budget.Limits{}))
			require.NoError(t, err)
			var opened []*analyzer.Contents
			for _, f := range formats {
				if f.Match(archive) {
					c, err := f.Open(archive)
					require.NoError(t, err)
					opened = append(opened, c)
				}
			}
			name := filepath.Base(path)
			require.Len(t, opened, 1, name)
			if want[name] == "" {
				want[name] = usual
			}
			assert.Equal(t, want[name], opened[0].Format, name)
			assert.Empty(t, cmp.Diff(anomalous[name], ziptest.Anomalies(opened[0])), name)
			assert.Len(t, ziptest.Names(opened[0]), len(archive.Entries), name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, _ bool, c *analyzer.Contents) {
		require.Equal(t, analyzer.APK, c.Format)
	}, "AndroidManifest.xml\nassets/plugin.apk", "classes.dex\nPayload/X.app/Info.plist",
		"AndroidManifest.xml\nBundleConfig.pb\nbase/manifest/AndroidManifest.xml")
}
