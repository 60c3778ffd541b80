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

// Open keeps all entries. It reports a missing manifest and packages inside, and
// adds a gap over code for each of them, and where the archive is laid out as
// another format at the same time: neither is read.
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
	for _, e := range c.Entries {
		if what := packageKind(e); what != "" {
			report(analyzer.NestedPackage, e.Name(), what)
			c.Gaps = append(c.Gaps, analyzer.Gap{
				Reason: analyzer.GapUnsupported, Code: true,
				Where: analyzer.Where{Entry: e.Name()}, Detail: what,
			})
		}
	}
	return &c, nil
}

// otherLayouts names the formats that other installers would take the archive for.
// A folder X.app among an APK's assets is none: iOS looks into Payload/.
func otherLayouts(archive *analyzer.Contents) []string {
	var others []string
	if aab.Present(archive) {
		others = append(others, "an AAB")
	}
	if bundle.Present(archive) {
		others = append(others, "a set of APKs")
	}
	if strings.HasPrefix(ipa.Main(archive), "Payload/") {
		others = append(others, "an IPA")
	}
	return others
}

// localLength is that of a ZIP local header, which the first name follows.
const localLength = 30

// packageKind says why the entry is taken for an installable package, judged by its
// first bytes and its name, "" where it is not.
func packageKind(e analyzer.Entry) string {
	if e.Size() < localLength {
		return ""
	}
	head := string(e.Head())
	if len(head) < localLength || !strings.HasPrefix(head, "PK\x03\x04") {
		return ""
	}
	name := strings.ToLower(e.Name())
	for _, ext := range []string{".apk", ".xapk", ".apks", ".aab", ".ipa"} {
		if strings.HasSuffix(name, ext) {
			return "a ZIP archive named " + ext
		}
	}
	for _, first := range []string{manifest, "BundleConfig.pb", "Payload/"} {
		if strings.HasPrefix(head[localLength:], first) {
			return "a ZIP archive that begins with " + first
		}
	}
	return ""
}
