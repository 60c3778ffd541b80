// Package plist reads the property lists of an iOS application: the Info.plist of
// the application, of its frameworks and of its extensions, the texts of its .strings
// and .stringsdict files, its privacy manifests and its provisioning profiles.
//
// Source: Apple, Information Property List reference, Bundle Programming Guide,
// Privacy manifest files, and Technical Note TN3125 (provisioning profiles).
package plist

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

// Reader emits Identity, PlistKey, Usage, Framework, Component, PrivacyManifest,
// Profile and String records.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "plist" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 2 }

// role is what a file is to the application.
type role int

const (
	noRole role = iota
	appList
	frameworkList
	extensionList
	nameStrings // localised names and purposes of the application
	textStrings
	pluralStrings
	privacyList
	profile // signed; see readProfile
	sealList
)

// Want accepts the lists by their place in the application's folder.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return c.Format.System() == analyzer.IOS && roleOf(c.Root, e.Name()) != noRole
}

func roleOf(root, name string) role {
	rel, ok := strings.CutPrefix(name, root)
	if !ok {
		return noRole
	}
	dir, base := path.Split(rel)
	dir = strings.TrimSuffix(dir, "/")
	switch ext := path.Ext(dir); {
	case rel == "Info.plist":
		return appList
	case base == "Info.plist" && (ext == ".framework" || ext == ".bundle"):
		return frameworkList
	case base == "Info.plist" && (ext == ".appex" || ext == ".app"):
		return extensionList
	case base == "CodeResources" && isSeal(dir):
		return sealList
	case base == "PrivacyInfo.xcprivacy":
		return privacyList
	case base == "embedded.mobileprovision" && (dir == "" || ext == ".appex" || ext == ".app"):
		return profile
	case ext == ".lproj" && path.Ext(base) == ".stringsdict" && isRead(dir):
		return pluralStrings
	case ext == ".lproj" && base == "InfoPlist.strings" && !strings.Contains(dir, "/"):
		return nameStrings
	case ext == ".lproj" && path.Ext(base) == ".strings" && isRead(dir):
		return textStrings
	}
	return noRole
}

// isRead reports a folder of a language whose texts are kept: Chinese, English or
// the base.
func isRead(lproj string) bool {
	lang := langOf(lproj)
	return lang == "" || lang == "en" || lang == "zh" || strings.HasPrefix(lang, "en-") ||
		strings.HasPrefix(lang, "zh-")
}

// langOf returns the language tag of a .lproj folder, "" for the base.
func langOf(lproj string) string {
	switch lang := strings.TrimSuffix(path.Base(lproj), ".lproj"); lang {
	case "Base":
		return ""
	case "English":
		return "en"
	case "Chinese":
		return "zh"
	default:
		return strings.ReplaceAll(lang, "_", "-")
	}
}

// Read implements analyzer.Reader. An error means that nothing of the list could
// be read.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	name := in.Entry.Name()
	role := roleOf(in.Contents.Root, name)
	if role == profile {
		return readProfile(in, emit)
	}
	list, err := plist.Decode(in.Data, in.Budget)
	if err != nil {
		return err
	}
	l := reading{list, in.Contents, name, emit}
	for _, odd := range list.Oddities {
		emit(analyzer.Anomaly{Code: analyzer.PlistMalformed, Where: analyzer.Where{Entry: name},
			What: odd})
	}
	switch role {
	case appList:
		l.app()
	case frameworkList:
		l.framework()
	case extensionList:
		l.extension()
	case nameStrings:
		l.names()
		if isRead(path.Dir(name)) {
			l.texts()
		}
	case textStrings:
		l.texts()
	case pluralStrings:
		l.plurals()
	case privacyList:
		l.privacy()
	case sealList:
		l.seal(programOf(ctx, in))
	}
	return nil
}

// reading is one decoded list on its way to records.
type reading struct {
	*plist.List
	contents *analyzer.Contents
	entry    string
	emit     func(analyzer.Record)
}

func (l reading) where(key string) analyzer.Where {
	at, _ := l.KeyOffset(key)
	return analyzer.Where{Entry: l.entry, Offset: at, Part: key}
}

// keys returns the top-level keys in order.
func (l reading) keys() []string {
	return slices.Sorted(maps.Keys(l.Root))
}

// first returns the first of the keys with a scalar value that is not empty.
func (l reading) first(keys ...string) string {
	for _, key := range keys {
		if s, _ := scalar(l.Root[key]); s != "" {
			return s
		}
	}
	return ""
}

// scalar writes a string, number or boolean as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "�"), true
	case bool, uint64, int64:
		return fmt.Sprint(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}
