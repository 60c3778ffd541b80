// Package bundle recognises archives of APKs that are installed together: XAPK
// (manifest.json beside the APKs, as third-party stores have it) and APKS (toc.pb
// and the folders splits or standalones, as bundletool builds it; base.apk at the
// root, as backup tools do).
package bundle

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// Format recognises both kinds; its zero value is ready for use.
type Format struct{}

var _ analyzer.Format = Format{}

// Name returns analyzer.APKS. Open tells XAPK and APKS apart.
func (Format) Name() analyzer.FormatName { return analyzer.APKS }

// Match reports whether the archive is laid out as either kind and is no APK
// itself: a device would install that.
func (Format) Match(archive *analyzer.Contents) bool {
	return Present(archive) && archive.Find("AndroidManifest.xml") == nil
}

// Open keeps all entries and adds a gap over code for each APK.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	c := *archive
	c.Format = analyzer.APKS
	if isXAPK(archive) {
		c.Format = analyzer.XAPK
	}
	c.Gaps = slices.Clone(archive.Gaps)
	for _, e := range c.Entries {
		if isNamedAPK(e.Name()) {
			c.Gaps = append(c.Gaps, analyzer.Gap{
				Reason: analyzer.GapUnsupported, Where: analyzer.Where{Entry: e.Name()},
				Detail: "package of a set", Code: true,
			})
		}
	}
	return &c, nil
}

// Present reports whether the archive is laid out as either kind, whatever else is
// in it.
func Present(archive *analyzer.Contents) bool { return isXAPK(archive) || isAPKS(archive) }

func isXAPK(archive *analyzer.Contents) bool {
	return archive.Find("manifest.json") != nil && holdsAPK(archive, "")
}

func isAPKS(archive *analyzer.Contents) bool {
	built := holdsAPK(archive, "splits") || holdsAPK(archive, "standalones")
	if built && archive.Find("toc.pb") != nil {
		return true
	}
	base := archive.Find("base.apk")
	return base != nil && isZip(base)
}

// holdsAPK reports whether an APK lies directly in the folder, "" being the root.
func holdsAPK(archive *analyzer.Contents, folder string) bool {
	for _, e := range archive.Entries {
		in, name := "", e.Name()
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			in = name[:i]
		}
		if in == folder && isNamedAPK(name) && isZip(e) {
			return true
		}
	}
	return false
}

func isNamedAPK(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".apk") }

func isZip(e analyzer.Entry) bool { return strings.HasPrefix(string(e.Head()), "PK\x03\x04") }
