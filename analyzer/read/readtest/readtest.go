// Package readtest runs readers over packages that a test describes.
package readtest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/apk"
	"github.com/listgate/listgate/analyzer/format/ipa"
	"github.com/listgate/listgate/analyzer/format/zip"
	"github.com/listgate/listgate/fixtures"
)

// Manifest begins the description of an Android package.
const Manifest = "A package for a reader.\n\nExpected: facts.\n\n-- manifest.yaml --\n" +
	"package: com.example.host\nversionCode: 1\nversionName: \"1.0\"\nminSdk: 24\n"

// Facts builds the package and reads it with the given readers alone.
func Facts(t *testing.T, description string, readers ...analyzer.Reader) *analyzer.Facts {
	t.Helper()
	data, err := fixtures.Build([]byte(description))
	require.NoError(t, err)
	e := analyzer.Engine{
		Lister: zip.Lister{}, Formats: []analyzer.Format{ipa.Format{}, apk.Format{}},
		Readers: readers,
	}
	file := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
	facts, _, err := e.Read(t.Context(), file, analyzer.Options{})
	require.NoError(t, err)
	return facts
}
