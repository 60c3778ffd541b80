package bundle

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		names  []string
		want   analyzer.FormatName
		nested []string // in reading order
		gaps   []string
	}{
		{"xapk", []string{"manifest.json", "com.example.apk", "other.apk", "named.apk", "icon.png"},
			analyzer.XAPK, []string{"named.apk", "com.example.apk", "other.apk"},
			[]string{"missing main.obb false"}},
		{"xapk_without_its_base", []string{"manifest.json", "com.example.apk", "main.obb"},
			analyzer.XAPK, []string{"com.example.apk"}, []string{"missing named.apk true"}},
		{"apks_with_splits", []string{"toc.pb", "standalones/standalone-x86.apk",
			"splits/base-zh.apk", "universal.apk", "splits/camera-master.apk",
			"splits/base-master.apk"}, analyzer.APKS,
			[]string{"splits/base-master.apk", "splits/camera-master.apk", "splits/base-zh.apk",
				"standalones/standalone-x86.apk", "universal.apk"}, nil},
		{"backup", []string{"split_config.zh.apk", "base.apk"}, analyzer.APKS,
			[]string{"base.apk", "split_config.zh.apk"}, nil},
		{"apks_under_other_names", []string{"info.json", "hidden.png"}, analyzer.APKS,
			[]string{"hidden.png"}, nil},
		{"apks_in_a_folder", []string{"app/one.apk", "app/config.en.apk"}, analyzer.APKS,
			[]string{"app/one.apk", "app/config.en.apk"}, nil},
		{"data_beside_an_apk", []string{"one.apk", "Android/obb/com.example/two.apk"},
			analyzer.APKS, []string{"one.apk"}, nil},
		{"manifest_json_without_apk", []string{"manifest.json", "index.html"}, "", nil, nil},
		{"archive_of_programs_for_java", []string{"a.jar", "b.jar"}, "", nil, nil},
		{"table_without_apk", []string{"toc.pb"}, "", nil, nil},
		{"apk_in_an_application", []string{"Payload/X.app/help.apk", "Payload/X.app/Info.plist"},
			"", nil, nil},
		{"installable_as_an_apk", []string{"manifest.json", "com.example.apk",
			"AndroidManifest.xml"}, "", nil, nil},
		{"empty", nil, "", nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := ziptest.Archive(t, c.names...)
			require.Equal(t, c.want != "", Format{}.Match(a))
			if c.want == "" {
				return
			}
			got, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, a.File, got.File)
			assert.Equal(t, c.want, got.Format)
			assert.Len(t, got.Entries, len(c.names))
			var nested []string
			for _, n := range got.Nested {
				assert.Equal(t, analyzer.Installed, n.Role)
				nested = append(nested, n.Entry.Name())
			}
			assert.Empty(t, cmp.Diff(c.nested, nested))
			assert.Empty(t, cmp.Diff(c.gaps, ziptest.Gaps(got)))
			assert.Empty(t, a.Gaps)
			if c.want == analyzer.XAPK {
				assert.Equal(t, analyzer.Claim{Entry: "manifest.json", ID: "com.example",
					VersionCode: "7"}, got.Claim)
			}
		})
	}
}

// TestManifestThatIsNone leaves sets with another manifest.json what they are.
func TestManifestThatIsNone(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"of_a_web_page": `{"name": "Page", "icons": []}`, "no_json": "text", "a_list": "[]",
		"wrong_types": `{"package_name": ["a"]}`, "cut": `{"package_name": "com.exam`,
		"deep": strings.Repeat(`{"a":`, 20_000), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ziptest.Archive(t, "base.apk")
			a.Entries = append(a.Entries, entry(content))
			require.True(t, Format{}.Match(a))
			c, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, analyzer.APKS, c.Format)
			assert.Empty(t, c.Claim)
			assert.Empty(t, c.Gaps)
		})
	}
}

// entry is a manifest.json.
type entry string

func (entry) Name() string                           { return "manifest.json" }
func (e entry) Size() int64                          { return int64(len(e)) }
func (e entry) Head() []byte                         { return []byte(e)[:min(64, len(e))] }
func (e entry) Read(context.Context) ([]byte, error) { return []byte(e), nil }

func FuzzManifest(f *testing.F) {
	f.Add(`{"package_name": "a", "version_code": "1", "split_apks": [{"file": "b", "id": "base"}]}`)
	f.Add(`{"package_name": "a", "version_code": 1e9, "expansions": [{"file": "main.obb"}]}`)
	f.Fuzz(func(t *testing.T, content string) {
		a := ziptest.Archive(t, "base.apk")
		a.Entries = append(a.Entries, entry(content))
		c, err := Format{}.Open(a)
		require.NoError(t, err)
		require.LessOrEqual(t, len(c.Gaps), maxMissing)
		require.Equal(t, c.Format == analyzer.XAPK, c.Claim.ID != "")
	})
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, matched bool, c *analyzer.Contents) {
		require.True(t, !matched || len(c.Nested) > 0, "a set without a package")
	}, "manifest.json\ncom.example.apk", "toc.pb\nsplits/base-master.apk",
		"base.apk\nAndroidManifest.xml")
}
