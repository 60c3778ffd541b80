// Package aab recognises Android App Bundles: the publishing format of which a
// store builds the APKs that devices install. Its layout is that of the bundle
// format page of Android's developer documentation: BundleConfig.pb at the root and
// one folder a module, each with its manifest, as a protocol buffer, in
// manifest/AndroidManifest.xml.
package aab

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

const (
	config         = "BundleConfig.pb"
	moduleManifest = "/manifest/AndroidManifest.xml"
)

// Format recognises bundles; its zero value is ready for use.
type Format struct{}

var _ analyzer.Format = Format{}

// Name returns analyzer.AAB.
func (Format) Name() analyzer.FormatName { return analyzer.AAB }

// Match reports whether the archive is a bundle and not an APK that looks like one
// as well: a device would install the APK.
func (Format) Match(archive *analyzer.Contents) bool {
	return Present(archive) && archive.Find("AndroidManifest.xml") == nil
}

// Present reports whether a bundle's configuration and base module are there,
// whatever else is.
func Present(archive *analyzer.Contents) bool {
	return archive.Find(config) != nil && archive.Find("base"+moduleManifest) != nil
}

// Open keeps all entries and adds a gap over code for each module: a module's
// manifest and resource table are protocol buffers, which no reader reads.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	c := *archive
	c.Format = analyzer.AAB
	c.Gaps = slices.Clone(archive.Gaps)
	for _, e := range c.Entries {
		module, ok := strings.CutSuffix(e.Name(), moduleManifest)
		if ok && module != "" && !strings.Contains(module, "/") {
			c.Gaps = append(c.Gaps, analyzer.Gap{
				Reason: analyzer.GapUnsupported, Where: analyzer.Where{Entry: e.Name()},
				Detail: "module " + module, Code: true,
			})
		}
	}
	return &c, nil
}
