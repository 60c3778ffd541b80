package scripts

import (
	"bytes"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

const reactNative = "react-native"

// program is what is said of the entry as a whole.
type program struct{ framework, form, version string }

func (r *reading) program(p program) {
	r.emit(analyzer.Program{Entry: r.name(), Language: analyzer.JavaScript,
		Framework: p.framework, Form: p.form, Version: p.version})
}

// describe says which framework runs a script, where its name or beginning tells, and
// what documents list.
func (r *reading) describe(data []byte) {
	if framework := frameworkOf(r.name(), data); framework != "" {
		r.program(program{framework: framework, form: "source"})
	}
	r.listed(data)
}

// marks are the files that a framework looks for by name.
var marks = map[string]string{
	"cordova.js": "cordova", "capacitor.config.json": "capacitor", "native-bridge.js": "capacitor",
	"app-service.js": "mini-program", "app-config-service.js": "mini-program",
}

// frameworkOf returns "" for a script that may be any page's.
func frameworkOf(name string, data []byte) string {
	base := path.Base(name)
	switch {
	case isMetro(base, data):
		return reactNative
	case strings.Contains(name, "apps/__UNI__") && marks[base] == "mini-program":
		return "uni-app"
	case base == "manifest.json" && isPlus(name):
		return "html5plus"
	}
	return marks[base]
}

// isPlus reports the folder of a program of uni-app or HTML5+.
func isPlus(name string) bool {
	_, inside, found := strings.Cut(name, "assets/apps/")
	_, rest, nested := strings.Cut(inside, "/")
	return found && nested && rest == "www/manifest.json"
}

// isMetro reports a bundle as the packager of React Native writes it, whatever its
// name: it begins with its prelude and defines modules.
func isMetro(base string, data []byte) bool {
	const beginning = 64 << 10
	start := data[:min(len(data), beginning)]
	if bytes.Contains(start[:min(len(start), 256)], []byte("__BUNDLE_START_TIME__")) {
		return true
	}
	named := strings.HasSuffix(base, ".jsbundle") || strings.HasSuffix(base, ".bundle")
	return named && bytes.Contains(start, []byte("__d("))
}
