package machlinks

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/codesign"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

// Bounds of the entitlements of one file.
const (
	maxRights = 500
	maxRight  = 4096 // bytes of one value
)

// rights emits the entitlements of a file, those that slices share once.
type rights struct {
	reading
	seen map[string]bool
}

// read reads both forms. Older devices believe the property list, newer ones the
// DER: what they say differently is said by both, and an anomaly.
func (r rights) read(sign *codesign.Signature, s macho.Slice) {
	var list, der map[string]any
	var err error
	if sign.Entitlements != nil {
		var l *plist.List
		if l, err = plist.Decode(sign.Entitlements, r.in.Budget); err == nil {
			list = l.Root
			r.emitAll(list, s)
		} else {
			r.broken(s, err)
		}
	}
	if sign.EntitlementsDER == nil {
		return
	}
	if der, err = codesign.DecodeEntitlements(sign.EntitlementsDER, r.in.Budget); err != nil {
		r.broken(s, err)
		return
	}
	r.emitAll(der, s)
	if list == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(keysOf(list, der))) {
		if !reflect.DeepEqual(plain(list[key]), plain(der[key])) {
			r.emit(analyzer.Anomaly{Code: analyzer.EntitlementsDiffer,
				Where: r.at(s, key), What: fmt.Sprintf("%s in the property list, %s in DER",
					written(list[key]), written(der[key]))})
			return
		}
	}
}

// broken reports entitlements that nobody can read as a signature that lies.
func (r rights) broken(s macho.Slice, err error) {
	r.emit(analyzer.Anomaly{Code: analyzer.EntitlementsDiffer, Where: r.at(s, ""),
		What: err.Error()})
}

func keysOf(a, b map[string]any) map[string]bool {
	all := map[string]bool{}
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return all
}

func (r rights) at(s macho.Slice, key string) analyzer.Where {
	w := r.where(s.Signature.At)
	w.Part = strings.TrimSuffix("entitlements/"+key, "/")
	return w
}

func (r rights) emitAll(all map[string]any, s macho.Slice) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		value := written(all[key])
		if id := key + "\x00" + value; !r.seen[id] && len(r.seen) < maxRights {
			r.seen[id] = true
			r.emit(analyzer.Entitlement{Key: key, Value: value, Where: r.at(s, key)})
		}
	}
}

// plain gives numbers of both forms one type.
func plain(v any) any {
	switch v := v.(type) {
	case uint64:
		return int64(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = plain(v[key])
		}
		return out
	}
	return v
}

// written is a text as it is, and anything else as JSON.
func written(v any) string {
	text, ok := v.(string)
	if !ok {
		data, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		text = string(data)
	}
	if len(text) > maxRight {
		text = text[:maxRight]
	}
	return strings.ToValidUTF8(text, "")
}
