package manifest

import (
	"bytes"
	"strconv"

	"github.com/shogo82148/androidbinary"
	"github.com/shogo82148/androidbinary/apk"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/arsc"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

// maxLibraryTable bounds the tables that the library is given: it builds a value
// for every entry of every configuration.
const maxLibraryTable = 8 << 20

// library reads the identity with androidbinary, whose parsers trust the counts
// and sizes of their input: they see only what the validators have walked, and a
// panic that is left gives an empty reading.
func library(manifest, table []byte) (p analyzer.Package) {
	defer func() {
		if recover() != nil {
			p = analyzer.Package{}
		}
	}()
	if axml.Validate(manifest) != nil {
		return p
	}
	f, err := androidbinary.NewXMLFile(bytes.NewReader(manifest))
	if err != nil {
		return p
	}
	var m apk.Manifest
	if f.Decode(&m, libraryTable(table), &androidbinary.ResTableConfig{}) != nil {
		return p
	}
	p.ID, _ = m.Package.String()
	p.Version.Name, _ = m.VersionName.String()
	p.Version.Code = positive(m.VersionCode)
	p.OS.Min, p.OS.Target = positive(m.SDK.Min), positive(m.SDK.Target)
	if label, err := m.App.Label.String(); err == nil && label != "" {
		p.Labels = map[string]string{"": label}
	}
	return p
}

// libraryTable returns nil for a table that the library does not read right.
func libraryTable(table []byte) *androidbinary.TableFile {
	if len(table) == 0 || len(table) > maxLibraryTable || arsc.Validate(table) != nil {
		return nil
	}
	t, err := androidbinary.NewTableFile(bytes.NewReader(table))
	if err != nil {
		return nil
	}
	return t
}

// positive writes a number; the library has 0 where the attribute is missing.
func positive(v androidbinary.Int32) string {
	n, err := v.Int32()
	if err != nil || n <= 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}
