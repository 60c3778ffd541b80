package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// Example is one or more terms that must, together, make a rule match (a hit) or
// must not (a near miss). In YAML it is {kind: value}, or {all: [{…}, {…}]}.
type Example []analyzer.Term

func parseExample(raw map[string]any) (Example, error) {
	if len(raw) != 1 {
		return nil, errors.New("want one {fact: value} or {all: […]}")
	}
	list, ok := raw["all"]
	if !ok {
		t, err := exampleTerm(raw)
		return Example{t}, err
	}
	parts, ok := list.([]any)
	if !ok || len(parts) == 0 {
		return nil, errors.New("all wants a list")
	}
	var e Example
	for _, p := range parts {
		m, ok := p.(map[string]any)
		if !ok || len(m) != 1 {
			return nil, errors.New("all wants a list of {fact: value}")
		}
		t, err := exampleTerm(m)
		if err != nil {
			return nil, err
		}
		e = append(e, t)
	}
	return e, nil
}

func exampleTerm(raw map[string]any) (analyzer.Term, error) {
	for kind, value := range raw {
		s, ok := value.(string)
		if !ok || s == "" {
			return analyzer.Term{}, fmt.Errorf("%s wants a text", kind)
		}
		if !slices.Contains(termKinds, analyzer.TermKind(kind)) {
			return analyzer.Term{}, fmt.Errorf("unknown fact %q", kind)
		}
		return analyzer.Term{Kind: analyzer.TermKind(kind), Value: s}, nil
	}
	return analyzer.Term{}, errors.New("want one {fact: value}")
}

// Facts returns facts that hold the example's terms and nothing that names
// another product.
func (e Example) Facts() *analyzer.Facts {
	f := &analyzer.Facts{Schema: analyzer.FactsSchema}
	for _, t := range e {
		f.Add(recordOf(t))
	}
	return f
}

// termKinds are the facts that a leaf can ask for.
var termKinds = []analyzer.TermKind{
	analyzer.TermClass, analyzer.TermClassRef, analyzer.TermLibrary, analyzer.TermSONAME,
	analyzer.TermNeeded, analyzer.TermExport, analyzer.TermJNI, analyzer.TermComponent,
	analyzer.TermService, analyzer.TermMetadata, analyzer.TermPermission, analyzer.TermFramework,
	analyzer.TermDylib, analyzer.TermObjCClass, analyzer.TermObjCRef, analyzer.TermSwift,
	analyzer.TermSelector, analyzer.TermEntitlement, analyzer.TermType, analyzer.TermModule,
	analyzer.TermPlistKey, analyzer.TermAsset, analyzer.TermHost, analyzer.TermPath,
	analyzer.TermText, analyzer.TermString, analyzer.TermModel, analyzer.TermModelTask,
	analyzer.TermModelHint, analyzer.TermModelArch, analyzer.TermAnomaly,
}

// recordOf returns the smallest record that yields the term.
func recordOf(t analyzer.Term) analyzer.Record {
	one := analyzer.NameList{Names: []string{t.Value}, At: []uint32{16}}
	dex, lib, bin := "classes.dex", "lib/arm64-v8a/libexample.so", "Payload/Example.app/Example"
	switch t.Kind {
	case analyzer.TermClass:
		return analyzer.ClassTable{Entry: dex, Defined: one}
	case analyzer.TermClassRef:
		return analyzer.ClassTable{Entry: dex, Referenced: one}
	case analyzer.TermLibrary:
		return analyzer.Library{Entry: "lib/arm64-v8a/" + t.Value, ELF: true}
	case analyzer.TermSONAME:
		return analyzer.Library{Entry: lib, ELF: true, SONAME: t.Value}
	case analyzer.TermNeeded:
		return analyzer.Library{Entry: lib, ELF: true, Needed: one.Names}
	case analyzer.TermExport:
		return analyzer.Library{Entry: lib, ELF: true, Exports: one}
	case analyzer.TermJNI:
		return analyzer.Library{Entry: lib, ELF: true, JNI: one}
	case analyzer.TermDylib:
		return analyzer.Binary{Entry: bin, Dylibs: []analyzer.Dylib{{Name: t.Value}}}
	case analyzer.TermObjCClass:
		return analyzer.Binary{Entry: bin, Classes: one}
	case analyzer.TermObjCRef:
		return analyzer.Binary{Entry: bin, Imports: one}
	case analyzer.TermSwift:
		return analyzer.Binary{Entry: bin, Swift: one}
	case analyzer.TermSelector:
		return analyzer.Binary{Entry: bin, Selectors: one}
	case analyzer.TermType:
		return analyzer.Program{Entry: "assets/bin/Data/Managed/Metadata/global-metadata.dat",
			Language: analyzer.CSharp, Form: "il2cpp", Types: one}
	default:
		return plainRecordOf(t)
	}
}

// manifestEntry is where example records of a manifest stand.
var manifestEntry = analyzer.Where{Entry: "AndroidManifest.xml"}

// plainRecordOf serves the kinds that are neither code nor content.
func plainRecordOf(t analyzer.Term) analyzer.Record {
	app := "Payload/Example.app/"
	switch t.Kind {
	case analyzer.TermComponent:
		return analyzer.Component{Kind: "activity", Name: t.Value, Where: manifestEntry}
	case analyzer.TermService:
		return analyzer.Component{Kind: "service", Name: "org.example.Service",
			Actions: []string{t.Value}, Where: manifestEntry}
	case analyzer.TermMetadata:
		return analyzer.Metadata{Name: t.Value, Where: manifestEntry}
	case analyzer.TermPermission:
		return analyzer.Permission{Name: t.Value, Where: manifestEntry}
	case analyzer.TermFramework:
		info := app + "Frameworks/" + t.Value + ".framework/Info.plist"
		return analyzer.Framework{Name: t.Value, Where: analyzer.Where{Entry: info}}
	case analyzer.TermEntitlement:
		return analyzer.Entitlement{Key: t.Value, Where: analyzer.Where{Entry: app + "Example"}}
	case analyzer.TermModule:
		ecosystem, name, _ := strings.Cut(t.Value, ":")
		return analyzer.Module{Ecosystem: analyzer.Ecosystem(ecosystem), Name: name,
			Where: analyzer.Where{Entry: "assets/program"}}
	case analyzer.TermPlistKey:
		return analyzer.PlistKey{Key: t.Value, Where: analyzer.Where{Entry: app + "Info.plist"}}
	case analyzer.TermAnomaly:
		return analyzer.Anomaly{Code: analyzer.AnomalyCode(t.Value), Where: manifestEntry}
	default:
		return contentRecordOf(t)
	}
}

// contentRecordOf serves entries, models and strings.
func contentRecordOf(t analyzer.Term) analyzer.Record {
	text := func(kind analyzer.StringKind) analyzer.Record {
		return analyzer.String{Kind: kind, Value: t.Value,
			Where: analyzer.Where{Entry: "resources.arsc"}}
	}
	model := analyzer.Model{Entry: "assets/example.dat"}
	switch t.Kind {
	case analyzer.TermAsset:
		return analyzer.Asset{Name: t.Value}
	case analyzer.TermHost:
		return text(analyzer.HostString)
	case analyzer.TermPath:
		return text(analyzer.PathString)
	case analyzer.TermText:
		return text(analyzer.TextString)
	case analyzer.TermModel:
		model.Format = t.Value
		return model
	case analyzer.TermModelTask:
		model.Task, model.Confidence = t.Value, analyzer.Confirmed
		return model
	case analyzer.TermModelHint:
		model.Task, model.Confidence = t.Value, analyzer.Probable
		return model
	case analyzer.TermModelArch:
		model.Architecture = t.Value
		return model
	default:
		return text(analyzer.NameString)
	}
}
