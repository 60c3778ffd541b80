package builtin_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/rule"
	"github.com/listgate/listgate/fixtures"
)

// host is a description under way: a package of another maker into which the
// terms of one example are packed.
type host struct {
	ios        bool
	classes    []map[string]any
	strings    []string
	components []map[string]any
	metadata   map[string]any
	permission []string
	keys       map[string]any
	shown      map[string]string // resource strings
	binary     map[string]any
	library    map[string]any
	libraries  []string
	calls      []map[string]any
	files      map[string]string
}

// add packs one term as the bytes that a real package would hold.
func (h *host) add(t analyzer.Term) bool {
	put := func(key string) { h.binary[key] = append(h.list(key), t.Value) }
	switch t.Kind {
	case analyzer.TermClass:
		h.classes = append(h.classes, map[string]any{"name": t.Value})
	case analyzer.TermHost:
		h.text("https://" + t.Value + "/")
	case analyzer.TermPath:
		h.text(t.Value)
	case analyzer.TermText:
		h.shown["shown_"+strconv.Itoa(len(h.shown))] = t.Value
	case analyzer.TermString:
		h.text(t.Value)
	case analyzer.TermLibrary:
		h.libraries = append(h.libraries, t.Value)
	case analyzer.TermSONAME:
		h.library["soname"] = t.Value
	case analyzer.TermNeeded:
		h.library["needed"] = []string{t.Value}
	case analyzer.TermExport, analyzer.TermJNI:
		exports, _ := h.library["exports"].([]string)
		h.library["exports"] = append(exports, t.Value)
		h.binary["symbols"] = append(h.list("symbols"), t.Value)
	case analyzer.TermComponent:
		h.components = append(h.components, map[string]any{"kind": "activity", "name": t.Value})
	case analyzer.TermService:
		h.components = append(h.components, map[string]any{
			"kind": "service", "name": "com.example.host.Service", "actions": []string{t.Value}})
	case analyzer.TermMetadata:
		h.metadata[t.Value] = "1"
	case analyzer.TermPermission:
		h.permission = append(h.permission, t.Value)
	case analyzer.TermPlistKey:
		h.keys[t.Value] = "1"
	case analyzer.TermAsset:
		h.files[t.Value] = "an asset of the example, longer than nothing\n"
	case analyzer.TermFramework:
		h.binary["dylibs"] = []map[string]any{
			{"name": "@rpath/" + t.Value + ".framework/" + t.Value},
		}
	case analyzer.TermDylib:
		h.binary["dylibs"] = []map[string]any{{"name": t.Value}}
	case analyzer.TermObjCClass:
		put("classes")
	case analyzer.TermObjCRef:
		imports, _ := h.binary["imports"].([]map[string]any)
		from := "/System/Library/Frameworks/Host.framework/Host"
		h.binary["imports"] = append(imports, map[string]any{"class": t.Value, "from": from})
		h.binary["dylibs"] = []map[string]any{{"name": from}}
	case analyzer.TermSwift:
		put("swift")
	case analyzer.TermSelector:
		put("selectors")
	case analyzer.TermEntitlement:
		h.binary["signing"] = map[string]any{"identifier": "org.example",
			"entitlements": map[string]any{t.Value: true}}
	case analyzer.TermModel:
		return h.model(t.Value)
	case analyzer.TermModelTask, analyzer.TermModelHint:
		return h.network(t.Kind, t.Value)
	case analyzer.TermModelArch:
		h.files["assets/x.dat.hex"] = `"GGUF" u32:3 u64:0 u64:1 ` +
			`u64:20 "general.architecture" u32:8 u64:` +
			strconv.Itoa(
				len(t.Value),
			) + ` "` + t.Value + `"`
	case analyzer.TermClassRef:
		h.calls = append(h.calls, map[string]any{"class": t.Value, "method": "run"})
	default:
		return false
	}
	return true
}

func (h *host) list(key string) []string {
	l, _ := h.binary[key].([]string)
	return l
}

func (h *host) text(s string) {
	h.strings = append(h.strings, s)
	h.binary["strings"] = append(h.list("strings"), s)
}

// describe writes the description.
func (h *host) describe(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("Another maker's package with one example packed in.\n\nExpected: the rule.\n\n")
	put := func(name string, content any) {
		doc, err := yaml.Marshal(content)
		require.NoError(t, err)
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, doc)
	}
	if h.ios {
		h.keys["CFBundleIdentifier"], h.keys["CFBundleExecutable"] = "com.example.host", "Host"
		h.keys["CFBundleShortVersionString"], h.keys["CFBundleVersion"] = "1.0", "1"
		put("Info.plist.yaml", map[string]any{"keys": h.keys})
		h.binary["archs"] = []string{"arm64"}
		put("macho/Host.yaml", h.binary)
	} else {
		put("manifest.yaml", map[string]any{
			"package": "com.example.host", "versionCode": 1, "versionName": "1.0", "minSdk": 24,
			"label": "Host", "permissions": h.permission, "components": h.components,
			"meta-data": h.metadata, "strings": h.shown,
		})
		h.classes = append(h.classes, map[string]any{"name": "com.example.host.Main",
			"strings": h.strings,
			"calls":   h.calls})
		put("dex/classes.dex.yaml", map[string]any{"classes": h.classes})
		if len(h.libraries) == 0 && len(h.library) > 0 {
			h.libraries = []string{"libhost.so"}
		}
		for _, name := range h.libraries {
			put("lib/arm64-v8a/"+name+".yaml", h.library)
		}
	}
	for _, name := range slices.Sorted(maps(h.files)) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, h.files[name])
	}
	return b.Bytes()
}

func maps(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// apple are the facts that only a package of iOS has.
var apple = []analyzer.TermKind{
	analyzer.TermObjCClass,
	analyzer.TermObjCRef,
	analyzer.TermSwift,
	analyzer.TermSelector,
	analyzer.TermEntitlement,
	analyzer.TermFramework,
	analyzer.TermDylib,
	analyzer.TermPlistKey,
}

func newHost(r rule.Rule, e rule.Example) *host {
	ios := r.Platform == analyzer.IOS ||
		slices.ContainsFunc(e, func(t analyzer.Term) bool { return slices.Contains(apple, t.Kind) })
	return &host{
		ios:      ios,
		metadata: map[string]any{},
		shown:    map[string]string{},
		keys:     map[string]any{},
		binary:   map[string]any{},
		library:  map[string]any{},
		files:    map[string]string{},
	}
}

// TestEveryRuleThroughTheRoad packs each hit of each rule into a package of another
// maker, as bytes, and asks for the finding and for evidence that is there.
func TestEveryRuleThroughTheRoad(t *testing.T) {
	t.Parallel()
	rules, err := rule.ReadDir(os.DirFS("../rules"))
	require.NoError(t, err)
	require.Greater(t, len(rules), 200)
	engine, err := builtin.Engine()
	require.NoError(t, err)
	for _, r := range rules {
		for i, e := range r.Hits {
			t.Run(fmt.Sprintf("%s_%d", r.ID, i), func(t *testing.T) {
				t.Parallel()
				h := newHost(r, e)
				for _, term := range e {
					require.True(t, h.add(term), "no way to pack a %s", term.Kind)
				}
				data, err := fixtures.Build(h.describe(t))
				require.NoError(t, err)
				f := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
				a, err := engine.Analyze(t.Context(), f, analyzer.Options{})
				require.NoError(t, err)
				at := slices.IndexFunc(
					a.Findings,
					func(f analyzer.Finding) bool { return f.Rule == r.ID },
				)
				require.GreaterOrEqual(t, at, 0, "%v not found; gaps %v", e, a.Facts.Gaps)
				for _, ev := range a.Findings[at].Evidence {
					assertStands(t, engine, f, ev)
				}
			})
		}
	}
}

// assertStands opens the package again and looks at the bytes that evidence names.
func assertStands(t *testing.T, engine *analyzer.Engine, f analyzer.File, ev analyzer.Evidence) {
	t.Helper()
	c, err := engine.Lister.List(f, budget.New(budget.Limits{}))
	require.NoError(t, err)
	e := c.Find(ev.Where.Entry)
	require.NotNil(t, e, "%s names no entry", ev.Where)
	if ev.Where.Offset == 0 {
		return
	}
	data, err := e.Read(t.Context())
	require.NoError(t, err)
	require.Less(t, ev.Where.Offset, int64(len(data)))
	rest := data[ev.Where.Offset:]
	rest = rest[:min(len(rest), 4096)]
	var found bool
	for _, form := range forms(ev.What) {
		found = found || bytes.Contains(rest[:min(len(rest), 256+2*len(form))], form)
	}
	assert.True(t, found, "%s: no %q there but %.80q", ev.Where, ev.What, rest)
}

// forms are the ways in which a value stands in bytes: as it is, as a descriptor of
// DEX, in UTF-16, or its last part where a container holds the rest.
func forms(value string) [][]byte {
	wide := make([]byte, 0, 2*len(value))
	for _, r := range value {
		wide = append(wide, byte(r), byte(r>>8))
	}
	last := value[strings.LastIndexAny(value, ".:/")+1:]
	return [][]byte{[]byte(value), []byte("L" + strings.ReplaceAll(value, ".", "/") + ";"), wide,
		[]byte(last)}
}
