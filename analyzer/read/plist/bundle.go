package plist

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/facts"
)

// maxValue bounds one kept value, in bytes; purposes and names stay far below.
const maxValue = 4096

// maxKept bounds the kept strings of one list.
const maxKept = 20000

const usageSuffix = "UsageDescription"

// app reads the application's own Info.plist.
func (l reading) app() {
	p := analyzer.Package{
		ID: l.first("CFBundleIdentifier"),
		Version: analyzer.Version{Name: l.first("CFBundleShortVersionString"),
			Code: l.first("CFBundleVersion")},
		OS: analyzer.OS{Min: l.first("MinimumOSVersion")},
	}
	if label := l.first("CFBundleDisplayName", "CFBundleName"); label != "" {
		p.Labels = map[string]string{"": label}
	}
	l.emit(analyzer.Identity{Package: p})
	if p.ID == "" {
		l.emit(analyzer.Gap{Reason: analyzer.GapMissing, Where: l.where("CFBundleIdentifier"),
			Detail: "Info.plist has no CFBundleIdentifier", Code: true})
	}
	l.executable(true)
	kept := 0
	count := func(r analyzer.Record) {
		if kept++; kept <= maxKept {
			l.emit(r)
		}
	}
	for _, key := range l.keys() {
		value, _ := scalar(l.Root[key])
		l.emit(analyzer.PlistKey{Key: key, Value: cut(value), Where: l.where(key)})
		keepValues(l.Root[key], l.where(key), count)
	}
	if kept > maxKept {
		l.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: l.where("strings"),
			Detail: "more strings than are kept of one file", Code: true})
	}
	l.usages()
}

// keepValues looks at every string of a value; the decoder has bounded its depth.
func keepValues(v any, where analyzer.Where, emit func(analyzer.Record)) {
	switch v := v.(type) {
	case string:
		facts.Keep(v, "", where, emit)
	case []any:
		for _, e := range v {
			keepValues(e, where, emit)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			keepValues(v[key], where, emit)
		}
	}
}

// executable finds out whether the program that the list names is there, where it
// is needed, and is one.
func (l reading) executable(needed bool) {
	dir := path.Dir(l.entry)
	exe := l.first("CFBundleExecutable")
	if exe == "" {
		exe = strings.TrimSuffix(path.Base(dir), path.Ext(dir))
	}
	where := analyzer.Where{Entry: dir + "/" + exe}
	e := l.contents.Find(where.Entry)
	switch {
	case e == nil && needed:
		l.emit(analyzer.Gap{Reason: analyzer.GapMissing, Where: where,
			Detail: "the executable that its Info.plist names is not in the package", Code: true})
	case e != nil && !macho.Match(e.Head()):
		l.emit(analyzer.Gap{Reason: analyzer.GapOpaque, Where: where,
			Detail: "the executable that its Info.plist names is no Mach-O file", Code: true})
	}
}

func (l reading) usages() {
	for _, key := range l.keys() {
		if text, ok := l.Root[key].(string); ok && strings.HasSuffix(key, usageSuffix) {
			l.emit(analyzer.Usage{Key: key, Text: cut(text), Where: l.where(key)})
		}
	}
}

// framework reads the Info.plist of a framework or resource bundle. The name of a
// bundle keeps its ending, so that it is not taken for code.
func (l reading) framework() {
	l.emit(analyzer.Framework{
		Name:    strings.TrimSuffix(path.Base(path.Dir(l.entry)), ".framework"),
		ID:      l.first("CFBundleIdentifier"),
		Version: l.first("CFBundleShortVersionString", "CFBundleVersion"),
		Where:   l.where("CFBundleIdentifier"),
	})
	if path.Ext(path.Dir(l.entry)) == ".framework" {
		l.executable(false)
	}
}

// extension reads the Info.plist of an extension, a watch application or an app
// clip, each of which is a program of its own.
func (l reading) extension() {
	c := analyzer.Component{Kind: "app-extension", Name: l.first("CFBundleIdentifier"),
		Where: l.where("CFBundleIdentifier")}
	switch dir := path.Dir(l.entry); {
	case path.Ext(dir) == ".appex":
	case path.Base(path.Dir(dir)) == "Watch":
		c.Kind = "watch-app"
	case path.Base(path.Dir(dir)) == "AppClips":
		c.Kind = "app-clip"
	default:
		c.Kind = "nested-app"
	}
	if ext, ok := l.Root["NSExtension"].(map[string]any); ok {
		if point, ok := ext["NSExtensionPointIdentifier"].(string); ok {
			c.Actions = []string{point}
		}
	}
	if c.Name == "" {
		l.emit(analyzer.Gap{Reason: analyzer.GapMissing, Where: l.where("CFBundleIdentifier"),
			Detail: "Info.plist has no CFBundleIdentifier", Code: true})
	}
	l.emit(c)
	l.executable(false)
	l.usages()
}

// names reads the application's localised name and purposes.
func (l reading) names() {
	lang := langOf(path.Dir(l.entry))
	if label := l.first("CFBundleDisplayName", "CFBundleName"); label != "" && lang != "" {
		l.emit(analyzer.Identity{Package: analyzer.Package{Labels: map[string]string{lang: label}}})
	}
	l.usages()
}

// cut bounds a value at a character.
func cut(s string) string {
	if len(s) <= maxValue {
		return s
	}
	return strings.ToValidUTF8(s[:maxValue], "")
}
