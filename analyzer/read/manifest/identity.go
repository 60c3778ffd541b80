package manifest

import (
	"strconv"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

// identity emits what the manifest says of the package. The library's reading
// comes first and ours replaces each field that ours has: ours knows what the
// device does with input that is out of the ordinary.
func (r *reading) identity(manifest, table []byte) {
	p := library(manifest, table)
	p.OS = analyzer.OS{} // the library mixes the attributes of several uses-sdk elements
	p = overlay(p, r.own())
	p.Split = splitName(r.doc.Root)
	r.emit(analyzer.Identity{Package: p, Label: r.labelID()})
}

// splitName returns the name of a split, "" for a base package. A module for a
// feature has it as well.
func splitName(root *axml.Element) string {
	a, _ := root.Plain("split")
	return a.Value.String()
}

// labelID returns the resource that the application's label is, 0 for none.
func (r *reading) labelID() uint32 {
	if app := first(r.doc.Root, "application"); app != nil {
		if a, ok := app.Attr("label"); ok && a.Value.IsReference() {
			return a.Value.Data
		}
	}
	return 0
}

// overlay returns p with the fields that over has set.
func overlay(p, over analyzer.Package) analyzer.Package {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&p.ID, over.ID)
	set(&p.Version.Name, over.Version.Name)
	set(&p.Version.Code, over.Version.Code)
	set(&p.OS.Min, over.OS.Min)
	set(&p.OS.Target, over.OS.Target)
	if len(over.Labels) > 0 {
		p.Labels = over.Labels
	}
	return p
}

// own reads the identity from our own tree.
func (r *reading) own() analyzer.Package {
	root := r.doc.Root
	p := analyzer.Package{ID: packageName(root)}
	p.Version.Name = r.known(root, "versionName")
	p.Version.Code = r.versionCode(root)
	for _, e := range root.Children {
		if e.Name == "uses-sdk" { // each replaces the one before, as on the device
			p.OS = analyzer.OS{Min: r.sdk(e, "minSdkVersion"), Target: r.sdk(e, "targetSdkVersion")}
		}
	}
	p.Labels = r.labels()
	return p
}

// packageName returns the package attribute, which the device reads as it was
// written before it reads its typed value.
func packageName(root *axml.Element) string {
	a, _ := root.Plain("package")
	if a.RawValue != "" {
		return a.RawValue
	}
	return a.Value.String()
}

// known is text without references that lead nowhere.
func (r *reading) known(e *axml.Element, name string) string {
	a, _ := e.Attr(name)
	v := r.value(a.Value)
	if v.IsReference() {
		return ""
	}
	return v.String()
}

// versionCode joins versionCodeMajor and versionCode as the system does, the
// major one in the upper 32 bits.
func (r *reading) versionCode(root *axml.Element) string {
	low, okLow := r.integer(root, "versionCode")
	high, okHigh := r.integer(root, "versionCodeMajor")
	if !okLow && !okHigh {
		return ""
	}
	return strconv.FormatInt(int64(high)<<32|int64(uint32(low)), 10)
}

func (r *reading) integer(e *axml.Element, name string) (int32, bool) {
	a, ok := e.Attr(name)
	if !ok {
		return 0, false
	}
	return r.value(a.Value).Int()
}

// sdk returns an API level in decimal or a code name as it is.
func (r *reading) sdk(e *axml.Element, name string) string {
	if n, ok := r.integer(e, name); ok {
		return strconv.Itoa(int(n))
	}
	return r.known(e, name)
}

// labels returns the application's label in every language that the table has. A
// split has translations of the label that the base package names.
func (r *reading) labels() map[string]string {
	id := r.label
	if app := first(r.doc.Root, "application"); app != nil {
		a, ok := app.Attr("label")
		switch {
		case ok && a.Value.IsReference():
			id = a.Value.Data
		case ok && a.Value.String() != "":
			return map[string]string{"": a.Value.String()}
		}
	}
	if id == 0 || r.table == nil {
		return nil
	}
	labels := map[string]string{}
	for lang, v := range r.table.Languages(id) {
		if s := axml.Value(v).String(); s != "" {
			labels[lang] = s
		}
	}
	return labels
}

// first returns the first child of this name: of several applications the device
// reads no other.
func first(e *axml.Element, name string) *axml.Element {
	for _, c := range e.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}
