package manifest

import (
	"testing"
	"unicode/utf8"

	"github.com/listgate/listgate/fixtures/resfile"
)

// FuzzRead reads manifest and table together: no panic, no identity beside an
// error, and strings that can be stored.
func FuzzRead(f *testing.F) {
	manifest := root(app(named("service", ".S")),
		named("uses-permission", "android.permission.CAMERA"))
	binary, err := resfile.AXML(manifest)
	if err != nil {
		f.Fatal(err)
	}
	table, err := resfile.ARSC("com.example.app",
		[]resfile.String{{Name: "a", Texts: map[string]string{"": "Voice", "zh": "语音"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(binary, table)
	f.Add([]byte(`<manifest package="a"><application/></manifest>`), table)
	f.Fuzz(func(t *testing.T, manifest, table []byte) {
		files := map[string][]byte{manifestEntry: manifest, tableEntry: table}
		facts, err := readFiles(t.Context(), files)
		if err != nil && facts.Package.ID != "" {
			t.Fatalf("identity %q beside %v", facts.Package.ID, err)
		}
		for _, s := range facts.Strings {
			if !utf8.ValidString(s.Value) {
				t.Fatalf("string %q is no text", s.Value)
			}
		}
	})
}
