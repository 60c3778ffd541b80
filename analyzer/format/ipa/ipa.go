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

// Open sets Root to the main application and keeps its entries and those that are no
// program. Each further application that is not inside another one, as those of
// watches are, is a view of its own, and so are programs outside all of them: a device
// does not install either, and what they are there for is for a person to say. The
// error says that there is no application.
func (Format) Open(archive *analyzer.Contents) (*analyzer.Contents, error) {
	apps := applications(archive)
	if len(apps) == 0 {
		return nil, errors.New("open iOS application: no folder X.app with an Info.plist")
	}
	c := *archive
	c.Format, c.Root, c.Entries = analyzer.APP, apps[0].root, nil
	if apps[0].place != elsewhere {
		c.Format = analyzer.IPA
	}
	c.Anomalies = slices.Clone(archive.Anomalies)
	report := func(code analyzer.AnomalyCode, entry, what string) {
		c.Anomalies = append(c.Anomalies, analyzer.Anomaly{
			Code: code, Where: analyzer.Where{Entry: entry}, What: what,
		})
	}
	views := map[string]*analyzer.Contents{}
	view := func(root string) *analyzer.Contents {
		v := &analyzer.Contents{Format: c.Format, File: archive.File, Root: root}
		c.Nested = append(c.Nested, analyzer.Nested{Role: analyzer.Carried, Contents: v})
		return v
	}
	for _, a := range apps[1:] {
		views[a.root] = view(a.root)
		report(analyzer.NestedPackage, a.root, "a further application beside "+c.Root)
	}
	var programs *analyzer.Contents
	for _, e := range archive.Entries {
		switch v := views[rootOf(e.Name(), views)]; {
		case v != nil:
			v.Entries = append(v.Entries, e)
		case isOutside(c.Root, e):
			if programs == nil {
				programs = view("")
			}
			programs.Entries = append(programs.Entries, e)
			report(analyzer.CodeOutside, e.Name(), "beside "+c.Root)
		default:
			c.Entries = append(c.Entries, e)
		}
	}
	return &c, nil
}

// isOutside reports a program beside the application. Apple's own support folders are
// no such thing.
func isOutside(root string, e analyzer.Entry) bool {
	return !strings.HasPrefix(e.Name(), root) && !isSupport(e.Name()) && !isJunk(e.Name()) &&
		analyzer.IsCode(e.Head())
}

// rootOf returns the first of the roots that is a folder above name, "" for none.
func rootOf[T any](name string, roots map[string]T) string {
	end := 0
	for range maxNesting {
		i := strings.Index(name[end:], appMark)
		if i < 0 {
			return ""
		}
		end += i + len(appMark)
		if _, ok := roots[name[:end]]; ok {
			return name[:end]
		}
	}
	return ""
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
	plist   = "Info.plist"
	appMark = ".app/"
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
	above := rootOf(root, roots)
	return above != "" && above != root
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
