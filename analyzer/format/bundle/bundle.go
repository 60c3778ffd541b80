// Package bundle recognises archives of APKs that are installed together: XAPK
// (manifest.json beside the APKs, as third-party stores have it), APKS (toc.pb and
// the folders splits or standalones, as bundletool builds it; base.apk at the root,
// as backup tools do), APKM and plain archives of APKs.
package bundle

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// Format recognises all kinds; its zero value is ready for use.
type Format struct{}

var _ analyzer.Format = Format{}

// Name returns analyzer.APKS. Open tells XAPK and APKS apart.
func (Format) Name() analyzer.FormatName { return analyzer.APKS }

// Match reports whether there is an APK in the archive and the archive is no package
// itself: a device would install that.
func (Format) Match(archive *analyzer.Contents) bool {
	return archive.Find("AndroidManifest.xml") == nil && Present(archive)
}

// Present reports whether there is an APK in the archive, at a place where sets have
// them, whatever else is in it.
func Present(archive *analyzer.Contents) bool {
	return slices.ContainsFunc(archive.Entries, isAPK)
}

// Open keeps all entries and names the APKs among them, the base package first as far
// as their names tell. What a manifest.json names and is not there is a gap.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	c := *archive
	c.Format = analyzer.APKS
	c.Gaps = slices.Clone(archive.Gaps)
	m := readManifest(archive)
	if m != nil {
		c.Format = analyzer.XAPK
		c.Claim = analyzer.Claim{Entry: manifestName, ID: m.Package,
			VersionCode: string(m.VersionCode)}
		c.Gaps = append(c.Gaps, m.missing(archive)...)
	}
	for _, e := range c.Entries {
		if isAPK(e) {
			c.Nested = append(c.Nested, analyzer.Nested{Role: analyzer.Installed, Entry: e})
		}
	}
	slices.SortStableFunc(c.Nested, func(a, b analyzer.Nested) int {
		return cmp.Compare(m.rank(a.Entry.Name()), m.rank(b.Entry.Name()))
	})
	return &c, nil
}

// isAPK reports an archive that is named as an APK, or that begins as only the build
// tools of Android begin one. The engine has the last word when it opens it.
func isAPK(e analyzer.Entry) bool {
	if outside(e.Name()) || e.Size() == 0 {
		return false
	}
	first, ok := zip.FirstName(e.Head())
	if !ok {
		return false
	}
	if strings.EqualFold(path.Ext(e.Name()), ".apk") || first == "" {
		return true
	}
	return slices.ContainsFunc(beginnings, func(b string) bool {
		return strings.HasPrefix(first, b)
	})
}

// beginnings are those of the first names in an APK; an archive of a program of Java
// begins with META-INF too, but its next letters differ.
var beginnings = []string{"AndroidManifest.xml", "classes.dex", "resources.arsc", "res/",
	"META-INF/com/android/", "META-INF/androidx", "META-INF/version-control",
	"stamp-cert-sha256", "assets/dexopt/"}

// outside reports the places that hold data for the application: in a set, what is
// unpacked to shared storage, and in all others what an APK or an application of iOS
// would have there.
func outside(name string) bool {
	folder, _, _ := strings.Cut(name, "/")
	switch folder {
	case "Android", "assets", "res", "lib", "Payload", "META-INF", "__MACOSX":
		return true
	}
	return false
}

// The order in which the packages of a set are read. A split comes after the base,
// whose label it translates, and last what holds the application as a whole for older
// devices: of that nothing is new where the splits are there.
const (
	base = iota
	likely
	other
	split
	whole
)

// rank tells from its name what an APK of a set is.
func (m *manifest) rank(name string) int {
	file := strings.TrimSuffix(strings.ToLower(path.Base(name)), ".apk")
	switch {
	case m != nil && m.base == name:
		return base
	case file == "base", strings.HasPrefix(file, "base-master"):
		return likely
	case file == "universal", strings.HasPrefix(name, "standalones/"):
		return whole
	case strings.HasPrefix(file, "config."), strings.HasPrefix(file, "split_"),
		strings.HasPrefix(file, "base-"):
		return split
	default:
		return other
	}
}
