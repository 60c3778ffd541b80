package plist

import (
	"maps"
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// Bounds of one privacy manifest and one profile: real ones have tens.
const (
	maxDeclared = 500
	maxListed   = 100
)

// privacy reads a privacy manifest. The domains that it tracks by are hosts of the
// application as any other.
func (l reading) privacy() {
	m := analyzer.PrivacyManifest{Domains: texts(l.Root["NSPrivacyTrackingDomains"], maxDeclared),
		Where: analyzer.Where{Entry: l.entry}}
	m.Tracking, _ = l.Root["NSPrivacyTracking"].(bool)
	for _, d := range dictionaries(l.Root["NSPrivacyCollectedDataTypes"]) {
		c := analyzer.CollectedUse{Type: text(d["NSPrivacyCollectedDataType"]),
			Purposes: texts(d["NSPrivacyCollectedDataTypePurposes"], maxListed)}
		c.Linked, _ = d["NSPrivacyCollectedDataTypeLinked"].(bool)
		c.Tracking, _ = d["NSPrivacyCollectedDataTypeTracking"].(bool)
		m.Collected = append(m.Collected, c)
	}
	for _, d := range dictionaries(l.Root["NSPrivacyAccessedAPITypes"]) {
		m.Accessed = append(m.Accessed, analyzer.AccessedUse{
			Type:    text(d["NSPrivacyAccessedAPIType"]),
			Reasons: texts(d["NSPrivacyAccessedAPITypeReasons"], maxListed)})
	}
	l.emit(m)
	for _, d := range m.Domains {
		l.emit(analyzer.String{Kind: analyzer.HostString, Value: d,
			Where: l.where("NSPrivacyTrackingDomains")})
	}
}

// text returns a string as it is kept, "" for any other value.
func text(v any) string {
	if _, ok := v.(string); !ok {
		return ""
	}
	s, _ := scalar(v)
	return cut(s)
}

// texts returns the strings of an array, at most so many.
func texts(v any, most int) (out []string) {
	all, _ := v.([]any)
	for _, e := range all {
		if s := text(e); s != "" && len(out) < most {
			out = append(out, s)
		}
	}
	return out
}

// dictionaries returns those of an array, as many as a manifest has.
func dictionaries(v any) (out []map[string]any) {
	all, _ := v.([]any)
	for _, e := range all {
		if d, ok := e.(map[string]any); ok && len(out) < maxDeclared {
			out = append(out, d)
		}
	}
	return out
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
