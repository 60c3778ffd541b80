package ipa

import (
	"context"
	"slices"
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
		format analyzer.FormatName
		root   string
		others []string
	}{
		{"ipa", []string{"Payload/", "Payload/X.app/X", "Payload/X.app/Info.plist"}, analyzer.IPA,
			"Payload/X.app/", nil},
		{"payload_in_a_folder", []string{"app/Payload/app.app/Info.plist"}, analyzer.IPA,
			"app/Payload/app.app/", nil},
		{"payload_further_up", []string{"Payload/iOS/X.app/Info.plist"}, analyzer.IPA,
			"Payload/iOS/X.app/", nil},
		{"app_at_the_root", []string{"TestApp.app/Info.plist"}, analyzer.APP, "TestApp.app/", nil},
		{"app_in_a_folder", []string{"build/TestApp.app/Info.plist"}, analyzer.APP,
			"build/TestApp.app/", nil},
		{"watch_app_inside", []string{"Payload/X.app/Watch/W.app/Info.plist",
			"Payload/X.app/Info.plist"},
			analyzer.IPA, "Payload/X.app/", nil},
		{"app_that_is_inside_no_app", []string{"Payload/x.app/Long.app/Info.plist"}, analyzer.IPA,
			"Payload/x.app/Long.app/", nil},
		{"shortest_path_first", []string{"Payload/Longer.app/Info.plist",
			"Payload/X.app/Info.plist"}, analyzer.IPA,
			"Payload/X.app/", []string{"Payload/Longer.app/"}},
		{"directory_order_next", []string{"Payload/B.app/Info.plist", "Payload/A.app/Info.plist"},
			analyzer.IPA,
			"Payload/B.app/", []string{"Payload/A.app/"}},
		{"decoy_at_the_root", []string{"A.app/Info.plist", "a/Payload/B.app/Info.plist",
			"Payload/Real.app/Info.plist"},
			analyzer.IPA, "Payload/Real.app/",
			[]string{"a/Payload/B.app/", "A.app/"}},
		{"archiver_junk", []string{"__MACOSX/Payload/A.app/Info.plist",
			"x/__MACOSX/B.app/Info.plist", "Payload/.DS_Store",
			"Payload/X.app/Info.plist"}, analyzer.IPA, "Payload/X.app/", nil},
		{"junk_alone", []string{"__MACOSX/Payload/A.app/Info.plist"}, "", "", nil},
		{"macos_app", []string{"X.app/Contents/Info.plist"}, "", "", nil},
		{"folder_without_name", []string{"Payload/.app/Info.plist"}, "", "", nil},
		{"no_plist", []string{"Payload/X.app/X"}, "", "", nil},
		{"installable_as_an_apk", []string{"Payload/X.app/Info.plist", "AndroidManifest.xml"}, "",
			"", nil},
		{"empty", nil, "", "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := ziptest.Archive(t, c.names...)
			require.Equal(t, c.format != "", Format{}.Match(a))
			if c.format == "" {
				return
			}
			got, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, a.File, got.File)
			assert.Equal(t, c.format, got.Format)
			assert.Equal(t, c.root, got.Root)
			assert.Equal(t, c.root, Main(a))
			assert.Len(t, ziptest.Names(got), len(c.names))
			var others, anomalies []string
			for _, n := range got.Nested {
				assert.Equal(t, analyzer.Carried, n.Role)
				assert.Len(t, n.Contents.Entries, 1)
				others = append(others, n.Contents.Root)
				anomalies = append(anomalies, "nested-package "+n.Contents.Root+
					": a further application beside "+c.root)
			}
			assert.Empty(t, cmp.Diff(c.others, others))
			assert.Empty(t, cmp.Diff(anomalies, ziptest.Anomalies(got)))
			assert.Empty(t, got.Gaps)
			assert.Empty(t, a.Anomalies)
		})
	}
}

func TestFormat_OpenNamesProgramsOutside(t *testing.T) {
	t.Parallel()
	const program = "\xcf\xfa\xed\xfe"
	a := &analyzer.Contents{}
	for name, head := range map[string]string{
		"Payload/X.app/Info.plist": "bplist00", "Payload/X.app/X": program,
		"SwiftSupport/iphoneos/libswiftCore.dylib": program, "Symbols/X.symbols": program,
		"SwiftSupport/iphoneos/other.dylib": program, "Payload/Y.app/Y": program,
		"iTunesArtwork": "\x89PNG",
	} {
		a.Entries = append(a.Entries, file{name, head})
	}
	slices.SortFunc(a.Entries, func(a, b analyzer.Entry) int {
		return strings.Compare(a.Name(), b.Name())
	})
	c, err := Format{}.Open(a)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]string{
		"code-outside-application Payload/Y.app/Y: beside Payload/X.app/",
		"code-outside-application SwiftSupport/iphoneos/other.dylib: beside Payload/X.app/",
	}, ziptest.Anomalies(c)))
	require.Len(t, c.Nested, 1)
	assert.Empty(t, cmp.Diff([]string{"Payload/Y.app/Y", "SwiftSupport/iphoneos/other.dylib"},
		ziptest.Names(c.Nested[0].Contents)))
}

// file is an entry of which only the beginning matters.
type file struct{ name, head string }

func (f file) Name() string                         { return f.name }
func (f file) Size() int64                          { return int64(len(f.head)) }
func (f file) Head() []byte                         { return []byte(f.head) }
func (f file) Read(context.Context) ([]byte, error) { return []byte(f.head), nil }

func TestFormat_OpenWithoutApplication(t *testing.T) {
	t.Parallel()
	c, err := Format{}.Open(ziptest.Archive(t, "Payload/"))
	assert.Error(t, err)
	assert.Nil(t, c)
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, _ bool, c *analyzer.Contents) {
		require.True(t, strings.HasSuffix(c.Root, ".app/"))
		require.NotNil(t, c.Find(c.Root+plist))
	}, "Payload/X.app/Info.plist\nPayload/X.app/Watch/W.app/Info.plist",
		"A.app/Info.plist\nAndroidManifest.xml", ".app/.app/Info.plist\n/.app/Info.plist")
}
