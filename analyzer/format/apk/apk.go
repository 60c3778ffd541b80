// Package apk recognises Android packages. What the package manager installs has
// AndroidManifest.xml at the root; an archive with code or a resource table there
// and no manifest is taken for an APK as well, because it is loaded by others, and
// reported.
package apk

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/aab"
	"github.com/listgate/listgate/analyzer/format/bundle"
	"github.com/listgate/listgate/analyzer/format/ipa"
)

const manifest = "AndroidManifest.xml"

// Format recognises APKs; its zero value is ready for use.
type Format struct{}

var _ analyzer.Format = Format{}

// Name returns analyzer.APK.
func (Format) Name() analyzer.FormatName { return analyzer.APK }

// Match reports whether a device would install the archive as an APK, or code or a
// resource table lies at the root of what is no other format.
func (Format) Match(archive *analyzer.Contents) bool {
	if archive.Find(manifest) != nil {
		return true
	}
	return (archive.Find("classes.dex") != nil || archive.Find("resources.arsc") != nil) &&
		!aab.Present(archive) && !bundle.Present(archive) && ipa.Main(archive) == ""
}

// Open keeps all entries. It reports a missing manifest, and an archive that is laid
// out as another format at the same time, with a gap over code: what another installer
// would make of it is not read.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	c := *archive
	c.Format, c.Root = analyzer.APK, ""
	c.Anomalies = slices.Clone(archive.Anomalies)
	c.Gaps = slices.Clone(archive.Gaps)
	report := func(code analyzer.AnomalyCode, entry, what string) {
		c.Anomalies = append(c.Anomalies, analyzer.Anomaly{
			Code: code, Where: analyzer.Where{Entry: entry}, What: what,
		})
	}
	if c.Find(manifest) == nil {
		report(analyzer.ManifestMissing, "", "no "+manifest+" at the root")
	}
	for _, other := range otherLayouts(archive) {
		report(analyzer.NestedPackage, "", "the archive is laid out as "+other+" as well")
		c.Gaps = append(c.Gaps, analyzer.Gap{
			Reason: analyzer.GapUnsupported, Code: true,
			Where:  analyzer.Where{Part: "other layout"},
			Detail: "laid out as " + other + " as well",
		})
	}
	return &c, nil
}

// otherLayouts names the formats that other installers would take the archive for.
// A folder X.app among an APK's assets is none: iOS looks into Payload/. Nor are APKs
// at the root: each is read as the package inside the package that it is.
func otherLayouts(archive *analyzer.Contents) []string {
	var others []string
	if aab.Present(archive) {
		others = append(others, "an AAB")
	}
	if strings.HasPrefix(ipa.Main(archive), "Payload/") {
		others = append(others, "an IPA")
	}
	return others
}
