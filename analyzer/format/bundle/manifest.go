package bundle

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

const (
	manifestName = "manifest.json"
	maxManifest  = 1 << 20
)

// manifest is the manifest.json of an XAPK, in either of its versions: the second has
// the APKs in split_apks, the first has one, named for its package.
type manifest struct {
	Package     string `json:"package_name"`
	VersionCode number `json:"version_code"`
	Splits      []file `json:"split_apks"`
	Expansions  []file `json:"expansions"`

	base string // the APK that is named as the base, or is named for the package
}

type file struct {
	File string `json:"file"`
	ID   string `json:"id"`
}

// number is written as a number or as a text.
type number string

// UnmarshalJSON keeps the digits of either form.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(strings.Trim(string(b), `"`))
	return nil
}

// readManifest returns nil where there is no manifest.json of an XAPK: other archives
// have files of the same name.
func readManifest(archive *analyzer.Contents) *manifest {
	e := archive.Find(manifestName)
	if e == nil || e.Size() > maxManifest {
		return nil
	}
	data, err := e.Read(context.Background())
	if err != nil {
		return nil
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Package == "" {
		return nil
	}
	m.base = m.Package + ".apk"
	for _, s := range m.Splits {
		if s.ID == "base" {
			m.base = s.File
		}
	}
	return &m
}

// maxMissing bounds the files that are named one by one.
const maxMissing = 64

// missing returns a gap for each file that an installer would miss: over code for an
// APK, over data for an expansion.
func (m *manifest) missing(archive *analyzer.Contents) (gaps []analyzer.Gap) {
	present := make(map[string]bool, len(archive.Entries))
	for _, e := range archive.Entries {
		present[e.Name()] = true
	}
	look := func(files []file, code bool) {
		for _, f := range files {
			if f.File != "" && !present[f.File] && len(gaps) < maxMissing {
				gaps = append(gaps, analyzer.Gap{Reason: analyzer.GapMissing, Code: code,
					Where: analyzer.Where{Entry: f.File}, Detail: "named by " + manifestName})
			}
		}
	}
	look(m.Splits, true)
	look(m.Expansions, false)
	return gaps
}
