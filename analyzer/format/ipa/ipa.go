// Package ipa recognises iOS applications in an archive: an IPA, which has the
// application's folder in Payload/, and an application folder that was zipped on
// its own, as simulator builds and hand-made archives are. A folder X.app with an
// Info.plist is an application; one with Contents/Info.plist is for macOS and is
// not meant here.
package ipa

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// Format recognises both kinds; its zero value is ready for use.
type Format struct{}

var _ analyzer.Format = Format{}

// Name returns analyzer.IPA. Open tells IPA and APP apart.
func (Format) Name() analyzer.FormatName { return analyzer.IPA }

// Match reports whether there is an application, and the archive is no APK that
// only looks like one as well.
func (Format) Match(archive *analyzer.Contents) bool {
	return archive.Find("AndroidManifest.xml") == nil && Main(archive) != ""
}

// Main returns the folder of the application that a device would install, with a
// slash at its end, whatever else is in the archive; "" where there is none.
func Main(archive *analyzer.Contents) string {
	if apps := applications(archive); len(apps) > 0 {
		return apps[0].root
	}
	return ""
}

// Open sets Root to the main application and keeps all entries. Each further
// application that is not inside another one, as those of watches are, gives a gap
// over code. The error says that there is no application.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	apps := applications(archive)
	if len(apps) == 0 {
		return nil, errors.New("open iOS application: no folder X.app with an Info.plist")
	}
	c := *archive
	c.Format, c.Root = analyzer.APP, apps[0].root
	if apps[0].place != elsewhere {
		c.Format = analyzer.IPA
	}
	c.Gaps = slices.Clone(archive.Gaps)
	for _, a := range apps[1:] {
		c.Gaps = append(c.Gaps, analyzer.Gap{
			Reason: analyzer.GapUnsupported, Where: analyzer.Where{Entry: a.root + plist},
			Detail: "a further application beside " + c.Root, Code: true,
		})
	}
	c.Gaps = append(c.Gaps, outside(&c, apps)...)
	return &c, nil
}

// outside returns a gap for each program beside the applications. A device does
// not install it; what it is there for is for a person to say. Apple's own support
// folders are no such thing.
func outside(c *analyzer.Contents, apps []application) []analyzer.Gap {
	var gaps []analyzer.Gap
	for _, e := range c.Entries {
		inside := func(a application) bool { return strings.HasPrefix(e.Name(), a.root) }
		if slices.ContainsFunc(apps, inside) || isSupport(e.Name()) || isJunk(e.Name()) ||
			!analyzer.IsCode(e.Head()) {
			continue
		}
		gaps = append(gaps, analyzer.Gap{
			Reason: analyzer.GapUnsupported, Where: analyzer.Where{Entry: e.Name()},
			Detail: "a program outside the application", Code: true,
		})
	}
	return gaps
}

// isSupport reports the folders that Xcode exports beside Payload: copies of
// Swift's and the watch's own libraries, and symbols without code.
func isSupport(name string) bool {
	folder, rest, _ := strings.Cut(name, "/")
	switch folder {
	case "SwiftSupport":
		return strings.HasPrefix(path.Base(rest), "libswift")
	case "WatchKitSupport", "WatchKitSupport2", "MessagesApplicationExtensionSupport":
		return path.Base(rest) == "WK" || strings.HasPrefix(path.Base(rest), "Messages")
	case "Symbols":
		return strings.HasSuffix(name, ".symbols")
	}
	return false
}

const (
	plist = "Info.plist"
	// maxNesting bounds how many applications inside applications are looked for.
	maxNesting = 32
)

// Where an application lies, the place that a device looks at first.
const (
	inPayload    = iota // Payload/X.app/
	underPayload        // below a folder Payload somewhere
	elsewhere
)

type application struct {
	root  string // "Payload/X.app/"
	place int
}

// applications returns the outermost applications, the main one first: by place,
// then the shortest path, then directory order.
func applications(archive *analyzer.Contents) []application {
	var all []application
	roots := map[string]bool{}
	for _, e := range archive.Entries {
		root, ok := strings.CutSuffix(e.Name(), ".app/"+plist)
		if !ok || isJunk(e.Name()) || root == "" || strings.HasSuffix(root, "/") {
			continue
		}
		root += ".app/"
		if !roots[root] {
			roots[root] = true
			all = append(all, application{root, placeOf(root)})
		}
	}
	outer := slices.DeleteFunc(all, func(a application) bool { return isInside(a.root, roots) })
	slices.SortStableFunc(outer, func(a, b application) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(len(a.root), len(b.root)))
	})
	return outer
}

// isInside reports whether one of the roots is a folder above root.
func isInside(root string, roots map[string]bool) bool {
	const mark = ".app/"
	end := 0
	for range maxNesting {
		i := strings.Index(root[end:], mark)
		if end += i + len(mark); i < 0 || end == len(root) {
			return false
		}
		if roots[root[:end]] {
			return true
		}
	}
	return false
}

func placeOf(root string) int {
	folders := strings.Split(strings.TrimSuffix(root, "/"), "/")
	folders = folders[:len(folders)-1]
	switch {
	case len(folders) == 1 && folders[0] == "Payload":
		return inPayload
	case slices.Contains(folders, "Payload"):
		return underPayload
	default:
		return elsewhere
	}
}

// isJunk reports whether macOS's archiver put the entry there for itself.
func isJunk(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/")
}
