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
	baseModule     = "base"
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
	return archive.Find(config) != nil && archive.Find(baseModule+moduleManifest) != nil
}

// Open makes a view of each module, with the names that its entries have in the APK
// that a device is given, and keeps the entries that belong to none. The base module
// comes first.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	c := *archive
	c.Format, c.Entries = analyzer.AAB, nil
	modules := map[string]*analyzer.Contents{}
	for _, e := range archive.Entries {
		name, ok := strings.CutSuffix(e.Name(), moduleManifest)
		if !ok || name == "" || strings.Contains(name, "/") {
			continue
		}
		view := &analyzer.Contents{Format: analyzer.AAB, File: archive.File, Within: name + "/"}
		modules[name] = view
		c.Nested = append(c.Nested, analyzer.Nested{Role: analyzer.Installed, Contents: view})
	}
	for _, e := range archive.Entries {
		folder, rest, _ := strings.Cut(e.Name(), "/")
		view := modules[folder]
		if view == nil {
			c.Entries = append(c.Entries, e)
			continue
		}
		view.Entries = append(view.Entries,
			analyzer.Renamed{Entry: e, As: analyzer.InstalledPath(rest), Path: e.Name()})
	}
	base := modules[baseModule]
	slices.SortStableFunc(c.Nested, func(a, b analyzer.Nested) int {
		switch {
		case a.Contents == base && b.Contents != base:
			return -1
		case b.Contents == base && a.Contents != base:
			return 1
		}
		return 0
	})
	return &c, nil
}
