package scripts

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/script"
)

// maxModules bounds the packages of one entry, maxName the length of a name.
const (
	maxModules = 5000
	maxName    = 214 // of the registry
)

// module emits a package once.
func (r *reading) module(name, version string, at int) {
	if r.modules[name] || len(r.modules) >= maxModules || !isPackage(name) {
		return
	}
	r.modules[name] = true
	r.emit(analyzer.Module{Ecosystem: analyzer.NPM, Name: name, Version: version,
		Where: analyzer.Where{Entry: r.name(), Offset: int64(at)}})
}

// isPackage reports a name that the registry accepts: lower case, in a scope or not.
func isPackage(name string) bool {
	if scope, rest, found := strings.Cut(name, "/"); found {
		inner, scoped := strings.CutPrefix(scope, "@")
		return scoped && isSimple(inner) && isSimple(rest) && len(name) <= maxName
	}
	return isSimple(name) && len(name) <= maxName
}

func isSimple(s string) bool {
	for i := range len(s) {
		c := s[i]
		inner := c == '-' || c == '_' || c == '.' && i > 0
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !inner {
			return false
		}
	}
	return s != "" && s != "node_modules"
}

// packageOf returns the package of a path in it: axios/lib/x.js, @scope/name/x.js.
func packageOf(path string) string {
	first, rest, _ := strings.Cut(path, "/")
	if !strings.HasPrefix(first, "@") {
		return first
	}
	second, _, _ := strings.Cut(rest, "/")
	return first + "/" + second
}

const (
	folder = "node_modules/"
	// unlinked is how a library of React Native complains of itself, as the template of
	// such libraries has it.
	unlinked    = "The package '"
	unlinkedEnd = "' doesn't seem to be linked"
)

// bundled finds the packages that a string names as parts of a bundle.
func (r *reading) bundled(text string, at int) {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, folder)
		if !found {
			break
		}
		r.module(packageOf(trimPath(after)), "", at)
		rest = after
	}
	if after, found := strings.CutPrefix(text, unlinked); found {
		if name, _, found := strings.Cut(after, unlinkedEnd); found {
			r.module(name, "", at)
		}
	}
	if path.Base(r.name()) == "cordova_plugins.js" {
		if after, found := strings.CutPrefix(text, "plugins/"); found {
			r.module(packageOf(after), "", at)
		}
	}
}

// trimPath ends a path where a text goes on behind it.
func trimPath(s string) string {
	if i := strings.IndexAny(s, " \t\r\n\"'`()?!,;:"); i >= 0 {
		return s[:i]
	}
	return s
}

// sources reads the names of the files that a source map goes back to; the files
// themselves, which it may repeat, no device reads.
func (r *reading) sources(data []byte) {
	// A map that is none gives what was read of it.
	_ = script.Scan(data, script.JavaScript, func(l script.Literal) bool {
		if len(l.Text) < 1024 {
			r.bundled(string(l.Text), l.At)
		}
		return true
	})
}

// maxDocument bounds the documents that name packages.
const maxDocument = 4 << 20

// listed reads the documents in which frameworks list their packages.
func (r *reading) listed(data []byte) {
	if len(data) > maxDocument {
		return
	}
	switch path.Base(r.name()) {
	case "package.json":
		var p struct {
			Dependencies map[string]string `json:"dependencies"`
		}
		if json.Unmarshal(data, &p) == nil {
			for _, name := range sorted(p.Dependencies) {
				r.module(name, strings.TrimLeft(p.Dependencies[name], "^~=v"), 0)
			}
		}
	case "capacitor.plugins.json":
		var plugins []struct {
			Package string `json:"pkg"`
		}
		if json.Unmarshal(data, &plugins) == nil {
			for _, p := range plugins {
				r.module(p.Package, "", 0)
			}
		}
	}
}

func sorted(m map[string]string) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
